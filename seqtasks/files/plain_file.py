"""Plain files of a folder that a stranger may have made, read without following it elsewhere."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from seqtasks.errors import BundleError

COPY = "copy the whole folder again"
"""What helps where a file of a bundle is not as it was saved."""

_HOLES = 1 << 26
"""Bytes from which on a file is looked at for holes, which stand for data that nobody has."""


@contextmanager
def plain_file(path: Path, most: int | None = None) -> Iterator[BinaryIO]:
    """A file that is open for reading: a plain one, which stands where its name does.

    A link leads to a file of the same folder, or to a blob of the Hugging Face Hub's cache that
    the folder is a snapshot of. Pipes, devices and sockets are never opened.

    Args:
        path: in the folder of a bundle.
        most: the bytes that it may have; None for no limit but that they are there.

    Raises:
        BundleError: the file is missing, another kind of file, elsewhere, or too large.
    """
    try:
        place = standing(path)
        if not stat.S_ISREG(place.lstat().st_mode):
            raise BundleError(f"{path} is no plain file; {COPY}")
        number = os.open(place, os.O_RDONLY | _FLAGS)
        with open(number, "rb") as file:
            found = os.fstat(number)
            if not stat.S_ISREG(found.st_mode):
                raise BundleError(f"{path} is no plain file; {COPY}")
            check_size(path, found, most)
            yield file
    except FileNotFoundError:
        raise BundleError(f"{path} is missing; {COPY}") from None
    except (OSError, ValueError, RuntimeError) as error:  # a zero byte, links in a circle
        raise BundleError(f"{path} cannot be read: {error}; {COPY}") from error


_FLAGS = sum(
    getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_NOCTTY")
) | getattr(os, "O_BINARY", 0)


def read_plain(path: Path, most: int) -> bytes:
    """What a plain file of at most so many bytes holds; errors as of `plain_file`."""
    with plain_file(path, most) as file:
        size = min(os.fstat(file.fileno()).st_size, most)
        content = file.read(size + 1)
    if len(content) > size:
        raise BundleError(f"{path} grows while it is read; {COPY}")
    return content


def standing(path: Path) -> Path:
    """Where a file stands, behind links that stay in its folder or in the Hub's cache around it."""
    folder = path.parent.resolve()
    place = (folder / path.name).resolve(strict=True)
    snapshot = folder.parent.name == "snapshots"
    if place.parent != folder and not (
        snapshot and place.is_relative_to(folder.parent.parent / "blobs")
    ):
        raise BundleError(f"{path} is a link that leads out of the bundle; {COPY}")
    return place


def check_size(path: Path, found: os.stat_result, most: int | None) -> None:
    """Refuse a file that is larger than any of its kind, or that has mostly holes."""
    if most is not None and found.st_size > most:
        raise BundleError(
            f"{path} has {found.st_size:,} bytes, and a file of its kind {most:,} at most; {COPY}"
        )
    held = getattr(found, "st_blocks", None)
    if held is not None and found.st_size > _HOLES and held * 512 < found.st_size // 8:
        raise BundleError(f"{path} is a file of holes, which holds no weights; {COPY}")
