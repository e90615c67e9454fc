"""What is written takes the place of what was there in one step, when it is whole.

A process that is killed while it writes, a machine that stops and a full disk leave the file or
folder that was there before. Errors are those of the system (OSError); `seqtasks.files.space` says
of a full disk which one it is.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BESIDE, _BEFORE = ".part", ".before"

_LEFT = re.compile(rf"(?s)\.(.+)\.[a-z0-9_]{{8}}{re.escape(_BESIDE)}(?:{re.escape(_BEFORE)})?")
"""What a part is called: after the file that it is to replace, and by eight letters of chance."""

_LONGEST = 230
"""The bytes of that file's name in the part's; file systems allow 255 in all."""


@contextmanager
def replacing(path: Path, parents: bool = True) -> Iterator[Path]:
    """A new file beside another, whose place it takes when it is whole and on the disk.

    What a link names is replaced, not the link. A pipe, a device, ``/dev/stdout`` is no file to
    replace: it is written to at once.

    Args:
        path: the file to replace.
        parents: make its folder where that is missing.

    Yields:
        The path to write to, on the same file system.
    """
    if is_stream(path):
        yield path
        return
    path = Path(os.path.realpath(path))
    if parents:
        path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(_BESIDE, _prefix(path), path.parent)
    os.close(number)
    part = Path(name)
    try:
        yield part
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_mask()
        part.chmod(mode)  # what mkstemp makes is for its user alone
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
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(_BESIDE, _prefix(path), path.parent))
    try:
        yield part
        part.chmod(0o777 & ~_mask())
        for file in part.iterdir():
            if file.is_file():  # some are written for their user alone
                file.chmod(0o666 & ~_mask())
            flush(file)
        flush(part)
        before = Path(f"{part}{_BEFORE}")
        if path.exists():
            path.rename(before)
        part.rename(path)
        flush(path.parent)
        shutil.rmtree(before, ignore_errors=True)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def write_text(path: Path, text: str, parents: bool = True) -> None:
    """Replace a file by a text, in UTF-8; what UTF-8 cannot write is written as an escape."""
    with replacing(path, parents) as part:
        part.write_text(text, encoding="utf-8", errors="backslashreplace")


def is_stream(path: Path) -> bool:
    """Whether a path names no file that could be replaced: a pipe, a device, an open file."""
    if path.exists() and not path.is_file():
        return True
    place, links = os.path.abspath(path), 0
    while os.path.islink(place) and links < 40:
        folder = os.path.realpath(os.path.dirname(place))
        if folder.startswith("/proc/"):
            return True
        place, links = os.path.join(folder, os.readlink(place)), links + 1
    return False


def clear_parts(folder: Path) -> None:
    """Remove what processes that were killed had begun to write into a folder.

    A folder that was being replaced when that happened is put back. Nobody else may write there.
    """
    for part in [*folder.glob(f".*{_BESIDE}"), *folder.glob(f".*{_BESIDE}{_BEFORE}")]:
        if (left := _LEFT.fullmatch(part.name)) is None:
            continue
        path = folder / left[1]
        if part.name.endswith(_BEFORE) and not path.exists():
            part.rename(path)
        elif part.is_dir() and not part.is_symlink():
            shutil.rmtree(part)
        else:
            part.unlink()


def _prefix(path: Path) -> str:
    """What the name of a part begins with.

    >>> _prefix(Path("metrics.json"))
    '.metrics.json.'
    """
    name = path.name
    if len(os.fsencode(name)) > _LONGEST:
        name = os.fsencode(name)[:_LONGEST].decode("utf-8", "ignore")
    return f".{name}."


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
