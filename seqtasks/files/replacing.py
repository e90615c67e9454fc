"""What is written takes the place of what was there in one step, when it is whole.

A process that is killed while it writes, a machine that stops and a full disk leave the file or
folder that was there before. Errors are those of the system (OSError); `seqtasks.files.space` says
of a full disk which one it is.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BESIDE = ".part"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside another, whose place it takes when it is whole and on the disk.

    Args:
        path: the file to replace; its folder is made where it is missing.

    Yields:
        The path to write to, on the same file system.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(_BESIDE, f".{path.name}.", path.parent)
    os.close(number)
    part = Path(name)
    try:
        yield part
        part.chmod(0o666 & ~_mask())  # what mkstemp makes is for its user alone
        flush(part)
        part.replace(path)
        flush(path.parent)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """A new folder beside another, whose place it takes when it is whole and on the disk.

    Between the two renames neither is there for an instant; a process that is killed there leaves
    the old folder beside the new one, both whole.

    Args:
        path: the folder to replace; the folder around it is made where it is missing.

    Yields:
        An empty folder to fill with files, on the same file system.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(_BESIDE, f".{path.name}.", path.parent))
    try:
        yield part
        part.chmod(0o777 & ~_mask())
        for file in part.iterdir():
            flush(file)
        flush(part)
        before = Path(f"{part}.before")
        if path.exists():
            path.rename(before)
        part.rename(path)
        flush(path.parent)
        shutil.rmtree(before, ignore_errors=True)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Replace a file by a text, in UTF-8; what UTF-8 cannot write is written as an escape."""
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8", errors="backslashreplace")


def flush(path: Path) -> None:
    """Wait until a file or folder is on the disk, where the file system can say so."""
    with contextlib.suppress(PermissionError, IsADirectoryError):  # folders, on Windows
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _mask() -> int:
    """The permissions that new files do not get."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
