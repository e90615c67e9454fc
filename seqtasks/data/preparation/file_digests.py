"""Digests of the bytes of files, which are taken again only where a file may have changed."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from seqtasks.data.preparation.identity import Unknown, digest
from seqtasks.data.readers.opening import unreadable
from seqtasks.data.readers.paths import FilePath, RemotePath, is_web
from seqtasks.data.readers.remote import file_system
from seqtasks.files.replacing import write_text

_BLOCK = 1 << 20

_WEB = ("ETag", "Content-MD5", "Digest", "Last-Modified")
"""What a web server may tell of a file's state."""

_SETTLED = 2.0
"""Seconds after which another change of a file has another time of change."""


class Stamp(NamedTuple):
    """What changes with a file, as a rule, and is told without reading it.

    Attributes:
        size: in bytes; 0 where nobody tells it.
        changed: when a local file was changed last, in nanoseconds; nobody can set this time,
            where the system keeps it.
        identity: a local file's number in its file system and its own time; of a remote file all
            that its file system tells of its state, empty if it tells nothing.
    """

    size: int
    changed: int
    identity: str


def stamp(path: FilePath) -> Stamp:
    """The stamp of a file.

    Raises:
        DataError: there is no such file.
    """
    if isinstance(path, RemotePath):
        return _remote_stamp(path)
    try:
        found = path.stat()
    except OSError as error:
        raise unreadable(path, error) from None
    changed = found.st_ctime_ns  # on Windows that of its creation
    if os.name == "nt":
        changed = max(changed, found.st_mtime_ns)
    return Stamp(found.st_size, changed, f"{found.st_ino} {found.st_mtime_ns}")


def _remote_stamp(path: RemotePath) -> Stamp:
    system, name = file_system(path.url)
    try:
        info = system.info(name)
    except Exception as error:  # every file system raises kinds of its own
        raise unreadable(path, error) from error
    size = int(info.get("size") or 0)
    told = {n: info[n] for n in _WEB if n in info} if is_web(path.url) else info
    return Stamp(size, 0, json.dumps(told, default=str, sort_keys=True) if told else "")


def file_digests(paths: Sequence[FilePath], folder: Path | None) -> list[str]:
    """The digests of some files, of remote ones the digests of their stamps.

    Args:
        paths: the files, which exist.
        folder: remembers digests with the stamps that the files had; None for nowhere.

    Raises:
        DataError: a file cannot be read.
        Unknown: nothing tells whether a remote file has changed.
    """
    name = digest(os.getcwd() + "\n".join(map(str, paths)))
    memory = None if folder is None else folder / f"{name}.json"
    known = _recall(memory)
    found, stamps = [], {}
    for path in paths:
        now = stamp(path)
        kept, before = known.get(str(path), ("", None))
        if isinstance(path, RemotePath):
            if not now.identity:
                raise Unknown(str(path))
            found.append(digest(now.identity))
            continue
        found.append(kept if before == now else _digest(path))
        # A file that has just been changed may change again within one tick of its clock.
        if time.time() - now.changed / 1e9 > _SETTLED:
            stamps[str(path)] = (found[-1], now)
    if memory is not None and stamps != known:
        with contextlib.suppress(OSError):  # of a cache that cannot be written to
            memory.parent.mkdir(parents=True, exist_ok=True)
            write_text(memory, json.dumps(stamps))
    return found


def _recall(memory: Path | None) -> dict[str, tuple[str, Stamp]]:
    try:
        content = json.loads(memory.read_text(encoding="utf-8")) if memory else {}
        return {path: (kept, Stamp(*before)) for path, (kept, before) in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):  # damaged
        return {}


def _digest(path: Path) -> str:
    made = blake2b(digest_size=16)
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                made.update(block)
    except OSError as error:
        raise unreadable(path, error) from None
    return made.hexdigest()
