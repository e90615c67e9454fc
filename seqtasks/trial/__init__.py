"""What may be harmful is tried first in a process of its own, with limits of memory and time."""
