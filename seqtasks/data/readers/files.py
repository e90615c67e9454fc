"""The files a user names, and their text, with errors that name the place."""

from __future__ import annotations

import codecs
import glob
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from seqtasks.errors import DataError, nearest

_T = TypeVar("_T")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def find_files(source: Any) -> list[Path]:
    """List the files that a path, a list of paths or a glob stands for.

    ``~`` stands for the home folder. Globs match files only, in sorted order; ``**`` goes into
    subfolders. A name that exists is taken as it is, even if it looks like a glob.

    Args:
        source: a path or a glob, or a sequence of them.

    Returns:
        At least one existing file, in the order given.

    Raises:
        DataError: nothing is given, or a name stands for no file, or for a folder.

    >>> [path.name for path in find_files(__file__)]
    ['files.py']
    """
    if isinstance(source, (str, os.PathLike)):
        return _matches(source)
    if isinstance(source, Sequence) and not isinstance(source, bytes) and source:
        return [path for item in source for path in _matches(item)]
    raise _not_a_path(source)


def read_whole(path: Path, encoding: str = "utf-8") -> str:
    r"""Read a whole file; ``\r\n`` becomes ``\n`` and a byte order mark is dropped.

    Args:
        path: the file.
        encoding: its encoding.

    Raises:
        DataError: the file is empty, binary, wrongly encoded or cannot be opened.
    """
    with _readable(path):
        data = path.read_bytes()
    _refuse(path, data, encoding)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "ignore")
        raise DataError(_undecodable(path, before.count("\n") + 1, error, encoding)) from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def read_lines(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    r"""Yield a file's lines with their numbers, counted from 1, without their ends.

    Only ``\n`` and ``\r\n`` end a line: other characters that Unicode calls line ends stay in the
    text. The file is streamed if its encoding writes ``\n`` as one byte, as all but utf-16,
    utf-32 and a few of the same kind do.

    Args:
        path: the file.
        encoding: its encoding.

    Raises:
        DataError: the file is empty, binary, wrongly encoded or cannot be opened.
    """
    if not _has_byte_newlines(encoding):
        lines = read_whole(path, encoding).split("\n")
        yield from enumerate(lines if lines[-1] else lines[:-1], start=1)
        return
    with _readable(path), path.open("rb") as file:
        _refuse(path, file.peek(), encoding)
        for number, raw in enumerate(file, start=1):
            if b"\0" in raw:
                raise DataError(_binary(path, number))
            try:
                line = raw.decode(encoding)
            except UnicodeDecodeError as error:
                raise DataError(_undecodable(path, number, error, encoding)) from None
            if number == 1:
                line = line.removeprefix("\ufeff")
            yield number, line.removesuffix("\n").removesuffix("\r") if line[-1:] == "\n" else line


def text_lines(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of `read_lines` that are not blank.

    Raises:
        DataError: there are none, or the file cannot be read.
    """
    lines = ((number, line) for number, line in read_lines(path, encoding) if line.strip())
    return at_least_one(lines, f"{path}: blank lines only; give a file that holds text")


def at_least_one(items: Iterator[_T], message: str) -> Iterator[_T]:
    """Yield some items; raise a DataError with the message if there are none."""
    for item in items:
        yield item
        yield from items
        return
    raise DataError(message)


def _matches(item: Any) -> list[Path]:
    if not isinstance(item, (str, os.PathLike)) or not os.fspath(item):
        raise _not_a_path(item)
    name = os.path.expanduser(os.fspath(item))
    if os.path.isdir(name):
        raise DataError(_folder(name))
    if os.path.exists(name):
        return [Path(name)]
    if not glob.has_magic(name):
        raise DataError(_missing(name))
    found = sorted(Path(match) for match in glob.glob(name, recursive=True))
    files = [path for path in found if not path.is_dir()]
    if not files:
        raise DataError(_missing(name))
    return files


def _not_a_path(item: Any) -> DataError:
    return DataError(f"give a path, a list of paths or a glob, not {item!r}", option="source")


def _folder(name: str) -> str:
    files = _files_in(name)
    example = os.path.join(name, files[0] if files else "FILE")
    pattern = os.path.join(name, "*" + Path(example).suffix)
    return f"{name}: a folder; give a file such as {example}, or a glob such as {pattern}"


def _missing(name: str) -> str:
    folder, base = os.path.split(name)
    if folder and not os.path.isdir(folder) and not glob.has_magic(folder):
        return f"{name}: there is no folder {folder}; correct the path{_start(name)}"
    what = "no file matches" if glob.has_magic(name) else "no such file"
    near = nearest(base, _files_in(folder or os.curdir))
    return f"{name}: {what}; correct the path{_start(name)}.{near}"


def _start(name: str) -> str:
    return "" if os.path.isabs(name) else f", which starts at {os.getcwd()}"


def _files_in(folder: str) -> list[str]:
    try:
        return sorted(entry.name for entry in os.scandir(folder) if entry.is_file())
    except OSError:
        return []


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DataError(
            f"{path}: cannot be read ({reason}); correct the path or the file's permissions"
        ) from None


def _has_byte_newlines(encoding: str) -> bool:
    return "\n".encode(encoding) == b"\n"


def _refuse(path: Path, head: bytes, encoding: str) -> None:
    """Raise for an empty or binary file, judged by its first bytes."""
    if head in (b"", codecs.BOM_UTF8, *_UTF_16):
        raise DataError(f"{path}: empty file; give one that holds text")
    if not _has_byte_newlines(encoding):
        return
    if head.startswith(_UTF_16):
        raise DataError(f"{path}:1: utf-16 text; set `reader.encoding`=utf-16")
    if b"\0" in head:
        raise DataError(_binary(path, head.count(b"\n", 0, head.index(b"\0")) + 1))


def _binary(path: Path, line: int) -> str:
    return (
        f"{path}:{line}: a NUL byte, as in a binary file; give a text file, "
        "or set `reader.encoding` if it is text in another one"
    )


def _undecodable(path: Path, line: int, error: UnicodeDecodeError, encoding: str) -> str:
    other = "latin-1" if codecs.lookup(encoding).name.startswith("utf-8") else "utf-8"
    return (
        f"{path}:{line}: not valid {encoding} (byte 0x{error.object[error.start]:02x}): "
        f"convert the file to {encoding} or set `reader.encoding`={other}"
    )
