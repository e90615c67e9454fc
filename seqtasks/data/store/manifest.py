"""The manifest of a folder that was written whole: its files, by which damage is found."""

from __future__ import annotations

import contextlib
import json
import os
import zlib
from pathlib import Path
from typing import Any

from seqtasks.files.replacing import flush, write_text

NAME = "manifest.json"

_BLOCK = 1 << 20


def seal(folder: Path, content: dict[str, Any]) -> None:
    """Write the manifest of a folder that is finished.

    Args:
        folder: holds all of its files, which are flushed to the disk.
        content: what else the manifest says.
    """
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            flush(path)
            found = path.stat()
            name = path.relative_to(folder).as_posix()
            files[name] = [found.st_size, found.st_mtime_ns, checksum(path)]
    write_text(folder / NAME, json.dumps({**content, "sealed": files}))


def whole(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder that is as it was sealed; None of any other.

    A file that was written to since then counts by its checksum, and gets back its time if that
    is right: a store that was copied is read through once.
    """
    try:
        content: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        for name, (size, changed, wanted) in content["sealed"].items():
            path = folder / name
            found = path.stat()
            if found.st_size != size:
                return None
            if found.st_mtime_ns != changed:
                if checksum(path) != wanted:
                    return None
                with contextlib.suppress(OSError):  # of a folder that is only to be read
                    os.utime(path, ns=(found.st_atime_ns, changed))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return content


def checksum(path: Path) -> int:
    """The CRC-32 of a file."""
    found = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found = zlib.crc32(block, found)
    return found
