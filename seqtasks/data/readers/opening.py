"""The one place where readers open files: local or remote, plain or compressed."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, BinaryIO

from seqtasks.data.readers.paths import FilePath, RemotePath, packed_suffix
from seqtasks.data.readers.remote import open_remote, unreadable_remote
from seqtasks.errors import DataError, SeqtasksError, first_line

_BUFFER = 2**18  # bytes

_report: ContextVar[Callable[[int], object] | None] = ContextVar("report", default=None)


@contextmanager
def counting_bytes(report: Callable[[int], object]) -> Iterator[None]:
    """Tell how many bytes are read, each time that some are, from any file of this module.

    Args:
        report: called with a number of bytes as they are stored: compressed ones where the file
            is compressed.
    """
    token = _report.set(report)
    try:
        yield
    finally:
        _report.reset(token)


def open_binary(path: FilePath, seekable: bool = False) -> io.BufferedReader:
    """Open a file to read its bytes; a compressed file, by its suffix, is unpacked on the way.

    Args:
        path: a file of `find_files`.
        seekable: whether the file is read in any order, which a web server has to support, and
            not as one stream.

    Raises:
        DataError: the file cannot be opened; what is read from it raises one too, if reading
            fails or a compressed file is damaged.
        UsageError: a package is missing that a remote path needs.
    """
    stored = _Stored(_open_stored(path, seekable), path)
    unpack = _UNPACK.get(packed_suffix(path))
    file = stored if unpack is None else _Unpacked(unpack(stored), stored)
    return io.BufferedReader(file, _BUFFER)


def _open_stored(path: FilePath, seekable: bool) -> Any:
    if isinstance(path, RemotePath):
        return open_remote(path, seekable)
    try:
        return path.open("rb", buffering=0)
    except OSError as error:
        raise unreadable(path, error) from None


def _unpack_zst(file: Any) -> BinaryIO:
    import pyarrow  # not needed for any other file

    return pyarrow.CompressedInputStream(pyarrow.PythonFile(file, mode="r"), "zstd")


_UNPACK: dict[str, Callable[[Any], Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zst": _unpack_zst,
}


_MAGIC = {".gz": b"\x1f\x8b", ".bz2": b"BZh", ".xz": b"\xfd7zXZ", ".zst": b"\x28\xb5\x2f\xfd"}


class _Layer(io.RawIOBase):
    """A file on top of another one, whose bytes it hands on."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self.file.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def readinto(self, buffer: Any) -> int:
        return self.file.readinto(buffer)

    def close(self) -> None:
        self.file.close()
        super().close()


class _Stored(_Layer):
    """A file's bytes as they are stored, counted."""

    def __init__(self, file: Any, path: FilePath) -> None:
        super().__init__(file)
        self.path, self.count, self.head = path, 0, b""

    def readinto(self, buffer: Any) -> int:
        try:
            count = super().readinto(buffer)
        except Exception as error:  # remote file systems raise kinds of their own
            raise unreadable(self.path, error) from error
        if not self.count:
            self.head = bytes(memoryview(buffer)[:count][:6])
        self.count += count
        if (report := _report.get()) is not None:
            report(count)
        return count


class _Unpacked(_Layer):
    """The bytes that a compressed file holds."""

    def __init__(self, file: Any, stored: _Stored) -> None:
        super().__init__(file)
        self.stored = stored

    def readinto(self, buffer: Any) -> int:
        try:
            return super().readinto(buffer)
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            path, count = self.stored.path, self.stored.count
            suffix = packed_suffix(path)
            what = (
                f"a damaged {suffix} file, near byte {count} of it ({first_line(error)}); get or "
                "make the file again"
            )
            if count and not self.stored.head.startswith(_MAGIC[suffix]):
                what = f"no {suffix} file by its first bytes; take the suffix off if it is plain"
            raise DataError(f"{path}: {what}") from None

    def close(self) -> None:
        super().close()
        self.stored.close()


def unreadable(path: FilePath, error: Exception) -> SeqtasksError:
    """The error for a file that cannot be opened or read on."""
    if isinstance(path, RemotePath):
        return unreadable_remote(path, error)
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return DataError(
        f"{path}: cannot be read ({reason}); correct the path or the file's permissions"
    )
