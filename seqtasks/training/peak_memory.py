"""The most memory that a run has held at once."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from pathlib import Path

import torch

_OWN = Path("/proc/self")
"""What Linux says of this process, and where its peak is set back."""


def forget_peak() -> None:
    """Begin a run, of which several may follow each other in a process."""
    with suppress(OSError):  # another system, or a container that does not let it
        (_OWN / "clear_refs").write_text("5", encoding="ascii")
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.reset_peak_memory_stats()


def peak_memory() -> dict[str, int]:
    """Bytes of ``peak_memory``, what the process has held of the machine's memory at most.

    Pages of mapped files count, as far as they have been in memory. With a GPU in use there is
    ``peak_gpu_memory`` besides, what torch has allocated there. Where the peak cannot be set back
    (macOS), that of an earlier run of the same process may be the greater one; Windows has none.
    """
    found: dict[str, int] = {}
    with suppress(OSError):
        kilobytes = re.search(r"VmHWM:\s*(\d+) kB", (_OWN / "status").read_text(encoding="utf-8"))
        if kilobytes is not None:
            found["peak_memory"] = int(kilobytes[1]) << 10
    if sys.platform == "darwin":
        import resource

        found["peak_memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        found["peak_gpu_memory"] = torch.cuda.max_memory_allocated()
    return found
