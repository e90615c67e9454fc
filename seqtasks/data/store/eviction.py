"""Stores that were not used for the longest time make room for others."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Collection
from pathlib import Path

from filelock import FileLock, Timeout

from seqtasks.data.store.manifest import NAME

_KEY = "[0-9a-f]" * 32
"""The names of stores. Whatever else lies in a folder is left alone: it may be the user's."""


def make_room(folder: Path, limit: int, used: Collection[Path], room: int = 0) -> None:
    """Remove what was not used for the longest time, and what died half made.

    Args:
        folder: of stores.
        limit: the bytes that all stores may take together.
        used: the stores that stay.
        room: so many bytes are to be free, if removing stores can make it so.
    """
    for part in folder.glob(f"{_KEY}.part"):
        _remove(part)
    sizes = {store: size_of(store) for store in folder.glob(_KEY)}
    total, free = sum(sizes.values()), shutil.disk_usage(folder).free
    old = sorted(set(sizes).difference(used), key=_last_use)
    if free + sum(sizes[store] for store in old) < room:
        room = 0
    for store in old:
        if total <= limit and free >= room:
            return
        if _remove(store):
            total, free = total - sizes[store], free + sizes[store]


def clear(part: Path, place: Path) -> None:
    """Remove a store, and what was left of making it.

    It is renamed first, so that no moment leaves a part of a store in its place.
    """
    shutil.rmtree(part, ignore_errors=True)
    if place.exists():
        place.rename(part)
        shutil.rmtree(part, ignore_errors=True)


def _remove(place: Path) -> bool:
    """Remove a store, or a part of one, that no other process is making or opening."""
    try:
        with FileLock(place.with_suffix(".lock"), timeout=0):
            clear(place.with_suffix(".part"), place)
    except (Timeout, OSError, NotImplementedError):
        return False
    return True


def size_of(store: Path) -> int:
    """The bytes of all files in a folder; 0 where it goes meanwhile."""
    with contextlib.suppress(OSError):
        return sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    return 0


def _last_use(store: Path) -> float:
    with contextlib.suppress(OSError):
        return (store / NAME).stat().st_mtime
    return 0.0
