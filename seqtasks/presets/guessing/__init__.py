"""From a person's files to the options by which they are read."""

from seqtasks.presets.guessing.guesses import guesses

__all__ = ["guesses"]
