"""A disk that is soon full, for this process and those that it begins."""

from __future__ import annotations

import ctypes
import os
import resource
from pathlib import Path

NEW_USER, NEW_MOUNTS = 0x10000000, 0x00020000
PRIVATE, REMOUNT, EVERYTHING_BELOW = 1 << 18, 1 << 5, 1 << 14
PAGE = 4096


class SmallDisk:
    """A folder in memory that takes so many pages of 4096 bytes, and goes with the process.

    Raises:
        OSError: this system does not let this user have one.
    """

    def __init__(self, folder: Path, pages: int) -> None:
        user, group = os.getuid(), os.getgid()
        _done("unshare", NEW_MOUNTS | (NEW_USER if user else 0))
        if user:
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"0 {user} 1")
            Path("/proc/self/gid_map").write_text(f"0 {group} 1")
        _done("mount", None, b"/", None, PRIVATE | EVERYTHING_BELOW, None)
        self.folder = folder
        self.folder.mkdir()
        self._mount(pages, 0)

    def grow(self) -> None:
        """Make room for a gigabyte."""
        self._mount(2**18, REMOUNT)

    def _mount(self, pages: int, flags: int) -> None:
        size = f"size={pages * PAGE},mode=755".encode()
        _done("mount", b"tmpfs", os.fsencode(self.folder), b"tmpfs", flags, size)


class SmallFiles:
    """A folder in which no file is larger than so many bytes, for want of a disk.

    The limit is that of the process and of those that it begins.
    """

    def __init__(self, folder: Path, pages: int) -> None:
        self.folder = folder
        self.folder.mkdir(exist_ok=True)
        _, self.most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (pages * PAGE, self.most))

    def grow(self) -> None:
        """Allow files of every size."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.most, self.most))


def small_disk(folder: Path, pages: int) -> SmallDisk | SmallFiles:
    """A disk of so many pages, or a limit on files where this user may not have one."""
    try:
        return SmallDisk(folder, pages)
    except OSError:
        return SmallFiles(folder, pages)


def _done(call: str, *arguments: object) -> None:
    """Call a function of the C library that returns 0 if it works."""
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, call)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
