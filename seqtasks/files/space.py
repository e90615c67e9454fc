"""Disks that are full, said with the folder that is."""

from __future__ import annotations

import errno
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from seqtasks.errors import SeqtasksError, causes

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The codes of errors that mean that there is no space left, or none for this user."""


class FullDisk(SeqtasksError):
    """There is no space left in a folder.

    Args:
        folder: that the file system cannot take more in.

    Attributes:
        saved: where what it does not take has been written; None if nowhere.
    """

    saved: Path | None = None

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder}: no space is left on this disk; make room there, and go on")
        self.folder = folder


@contextmanager
def told_space(folder: Path) -> Iterator[None]:
    """Turn the error of a full disk into one that names the folder written to (`FullDisk`)."""
    try:
        yield
    except FullDisk:
        raise
    except Exception as error:
        if not is_full(error):
            raise
        told = [cause for cause in causes(error) if isinstance(cause, FullDisk)]
        if told:
            raise told[0] from None
        raise FullDisk(folder) from error


def is_full(error: BaseException) -> bool:
    """Whether an error, or one that it comes from, says that a disk is full.

    >>> is_full(OSError(errno.ENOSPC, "no space")), is_full(OSError(errno.EACCES, "not yours"))
    (True, False)
    >>> is_full(RuntimeError("No space left on device (os error 28)"))  # as programs in Rust say it
    True
    """
    for cause in causes(error):
        told = re.search(r"\(os error (\d+)\)", str(cause))
        code = cause.errno if isinstance(cause, OSError) else int(told[1]) if told else None
        if code in FULL:
            return True
    return False


def elsewhere(name: str, write: Callable[[Path], object]) -> Path | None:
    """Write what a full disk does not take where there is room.

    Tried are the folder of temporary files, the working folder and the user's own.

    Args:
        name: what the name of the new folder begins with.
        write: fills the new folder; any error says that it cannot.

    Returns:
        The new folder; None where there is room nowhere.
    """
    for place in (tempfile.gettempdir, Path.cwd, Path.home):
        with suppress(OSError, RuntimeError):  # no such place, or none that can be written to
            folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=place()))
            try:
                write(folder)
            except Exception:  # of a full disk, in the words of whoever writes
                shutil.rmtree(folder, ignore_errors=True)
            else:
                return folder
    return None


def saved_elsewhere(path: Path, content: bytes | memoryview) -> Path | None:
    """Write a file that its own disk does not take under the same name where there is room."""
    folder = elsewhere(path.parent.name, lambda place: (place / path.name).write_bytes(content))
    return None if folder is None else folder / path.name
