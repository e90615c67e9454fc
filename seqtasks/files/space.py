"""Disks that are full, said with the folder that is."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seqtasks.errors import SeqtasksError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The codes of errors that mean that there is no space left, or none for this user."""


class FullDisk(SeqtasksError):
    """There is no space left in a folder.

    Args:
        folder: that the file system cannot take more in.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder}: no space is left on this disk; make room there, and go on")
        self.folder = folder


@contextmanager
def told_space(folder: Path) -> Iterator[None]:
    """Turn the error of a full disk into one that names the folder written to (`FullDisk`)."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise FullDisk(folder) from error
