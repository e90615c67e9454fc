"""Folders that are held: no other process writes there until the holder lets go or ends.

A lock of the file system says so, which ends with its process. Where the file system has none, a
file says so that a killed process leaves behind.
"""

from __future__ import annotations

import warnings
from pathlib import Path

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

LOCK, RUNNING = ".seqtasks", ".seqtasks-running"
"""The file that is locked, and the one that stands for a lock where there are none.

The first stays, and says that the folder was held.
"""

_held: dict[Path, BaseFileLock] = {}


def hold(folder: Path) -> bool:
    """Hold an existing folder; False if it is held already, by this process or another.

    Raises:
        OSError: nothing can be written there.
    """
    place = folder.resolve()
    if place in _held:
        return False
    lock: BaseFileLock = FileLock(place / LOCK)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # filelock says where it has to do without locks
            lock.acquire(timeout=0)
    except Timeout:
        return False
    except (NotImplementedError, OSError):  # no locks here, or nothing can be written at all
        lock = SoftFileLock(place / RUNNING)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
    _held[place] = lock
    return True


def let_go(folder: Path) -> None:
    """Let a folder go; nothing happens if this process does not hold it."""
    if (lock := _held.pop(folder.resolve(), None)) is not None:
        lock.release()


def is_held(folder: Path) -> bool:
    """Whether a folder is held, by this process or another."""
    if not was_held(folder):
        return False
    if not hold(folder):
        return True
    let_go(folder)
    return False


def was_held(folder: Path) -> bool:
    """Whether a folder is held or has been."""
    return any((folder / name).exists() for name in (LOCK, RUNNING))
