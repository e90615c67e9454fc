"""Digests of the bytes of files, which are taken again only where a file may have changed."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from seqtasks.data.store.identity import digest
from seqtasks.data.store.manifest import write_whole
from seqtasks.errors import DataError

_BLOCK = 1 << 20

_SETTLED = 2.0
"""Seconds after which another change of a file has another time of change."""

Stamp = tuple[int, int, int]
"""A file's number of bytes, time of change in nanoseconds, and number in its file system."""


def stamp(path: Path) -> Stamp:
    """What changes with a file, as a rule."""
    found = os.stat(path)
    return found.st_size, found.st_mtime_ns, found.st_ino


def file_digests(paths: Sequence[Path], folder: Path | None) -> list[str]:
    """The digests of some files.

    Args:
        paths: the files, which exist.
        folder: remembers digests with the stamps that the files had; None for nowhere.
    """
    name = digest("\n".join(os.path.abspath(path) for path in paths))
    memory = None if folder is None else folder / f"{name}.json"
    known = _recall(memory)
    found, stamps = [], {}
    for path in paths:
        now = stamp(path)
        kept = known.get(str(path))
        if kept is not None and tuple(kept[1:]) == now:
            found.append(kept[0])
        else:
            found.append(_digest(path))
        # A file that has just been changed may change again within one tick of its clock.
        if time.time() - now[1] / 1e9 > _SETTLED:
            stamps[str(path)] = [found[-1], *now]
    if memory is not None and stamps != known:
        with contextlib.suppress(OSError):  # of a cache that cannot be written to
            memory.parent.mkdir(parents=True, exist_ok=True)
            write_whole(memory, json.dumps(stamps))
    return found


def _recall(memory: Path | None) -> dict[str, list[Any]]:
    try:
        content: dict[str, list[Any]] = json.loads(memory.read_text()) if memory else {}
    except (OSError, ValueError):
        return {}
    return content


def _digest(path: Path) -> str:
    made = blake2b(digest_size=16)
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                made.update(block)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DataError(
            f"{path}: cannot be read ({reason}); correct the path or the file's permissions"
        ) from None
    return made.hexdigest()
