"""Memory that processes hold: what the kernel cannot drop, read from Linux's /proc.

Held are anonymous pages, shared memory and what of both was swapped out. Pages of files that are
mapped or cached are not, since the kernel takes them back when somebody needs the memory.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


class Peak:
    """The most memory that the processes of a session ever held together.

    Args:
        session: the number of its first process.

    Attributes:
        bytes: so far, over the samples taken.
    """

    def __init__(self, session: int) -> None:
        self.session = session
        self.bytes = 0

    def sample(self) -> None:
        """Look at the processes that there are now.

        The sums that each process keeps of itself cost nothing to read, but count a page that
        several share for each of them; only where they pass the peak are the shares of such pages
        added up, for which the kernel walks through all of them.
        """
        processes = [*members(self.session)]
        held = sum(counted(process, "status", OWN) for process in processes)
        if held > self.bytes and len(processes) > 1:
            held = sum(counted(process, "smaps_rollup", SHARED) for process in processes)
        self.bytes = max(self.bytes, held)


def check_system() -> None:
    """End the program where memory cannot be measured."""
    if not (PROC / "self" / "smaps_rollup").is_file():
        raise SystemExit(f"memory is read from {PROC}, as Linux has it and {sys.platform} has not")


OWN = ("RssAnon", "RssShmem", "VmSwap")
SHARED = ("Pss_Anon", "Pss_Shmem", "SwapPss")


def members(session: int) -> Iterator[int]:
    """Yield the processes of a session."""
    for name in os.listdir(PROC):
        if name.isdigit():
            try:
                if os.getsid(int(name)) == session:
                    yield int(name)
            except OSError:  # it has ended meanwhile
                continue


def counted(process: int, file: str, entries: tuple[str, ...]) -> int:
    """The sum in bytes of some entries of a file on a process; 0 where it has ended."""
    try:
        text = (PROC / str(process) / file).read_text()
    except OSError:
        return 0
    pattern = rf"^(?:{'|'.join(entries)}):\s+(\d+) kB$"
    return 1024 * sum(map(int, re.findall(pattern, text, re.MULTILINE)))
