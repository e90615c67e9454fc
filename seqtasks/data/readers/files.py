"""The files a user names, and their text, with errors that name the place."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from seqtasks.data.readers.decoding import EmptyFile, text_blocks
from seqtasks.data.readers.paths import FilePath, RemotePath, is_remote, is_web
from seqtasks.data.readers.remarks import remark
from seqtasks.data.readers.remote import remote_files
from seqtasks.errors import DataError, nearest

_F = TypeVar("_F")
_T = TypeVar("_T")


def find_files(source: Any) -> list[FilePath]:
    """List the files that a path, a list of paths or a glob stands for.

    ``~`` stands for the home folder. Globs match files only, in sorted order; ``**`` goes into
    subfolders. A name that exists is taken as it is, even if it looks like a glob. A name with
    ``://`` is a URL, which may be a glob too; in a web address a question mark stands for itself.

    Args:
        source: a path or a glob, or a sequence of them.

    Returns:
        At least one file, in the order given; local ones exist, and remote ones are looked for
        when they are opened.

    Raises:
        DataError: nothing is given, or a name stands for no file, or for a folder.
        UsageError: a package is missing that a remote path needs.

    >>> [path.name for path in find_files(__file__)]
    ['files.py']
    """
    if isinstance(source, (str, os.PathLike)):
        return list(_matches(source))
    if isinstance(source, Sequence) and not isinstance(source, bytes) and source:
        return [path for item in source for path in _matches(item)]
    raise _not_a_path(source)


def read_whole(path: FilePath, encoding: str = "utf-8") -> str:
    r"""Read a whole file; arguments, errors and what becomes of ``\r\n`` as of `text_blocks`."""
    return "".join(text_blocks(path, encoding))


def line_blocks(path: FilePath, encoding: str = "utf-8") -> Iterator[tuple[int, list[str]]]:
    r"""Yield a file's lines, without their ends, in blocks: the first one's number and a list.

    Lines are counted from 1. What ends a line is told by `plain_ends`; other characters that
    Unicode calls line ends stay in the text. Arguments and errors are those of `text_blocks`.
    """
    number = 1
    begun: list[str] = []  # the parts of a line whose end is not read yet
    for text in text_blocks(path, encoding):
        first, *lines = text.split("\n")
        begun.append(first)
        if lines:
            lines.insert(0, "".join(begun))
            begun = [lines.pop()]
            yield number, lines
            number += len(lines)
    if last := "".join(begun):
        yield number, [last]


def read_lines(path: FilePath, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """Yield the lines of `line_blocks` one by one, with their numbers."""
    for first, lines in line_blocks(path, encoding):
        yield from enumerate(lines, first)


def text_lines(path: FilePath, encoding: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of `read_lines` that are not blank.

    Raises:
        EmptyFile: there are none.
        DataError: the file cannot be read.
    """
    blank = True
    for first, lines in line_blocks(path, encoding):
        for number, line in enumerate(lines, first):
            if line and not line.isspace():
                blank = False
                yield number, line
    if blank:
        raise EmptyFile(f"{path}: blank lines only; give a file that holds text")


def at_least_one(items: Iterator[_T], message: str) -> Iterator[_T]:
    """Yield some items; raise an `EmptyFile` with the message if there are none."""
    for item in items:
        yield item
        yield from items
        return
    raise EmptyFile(message)


def in_turn(files: Sequence[_F], read: Callable[[_F], Iterator[_T]]) -> Iterator[_T]:
    """Yield what is read from each file; one that is empty, beside others, is passed over.

    Args:
        files: or whatever stands for files.
        read: from a file to its records.

    Raises:
        EmptyFile: all of them are empty.
    """
    empty: list[EmptyFile] = []
    for file in files:
        try:
            yield from read(file)
            continue
        except EmptyFile as error:
            empty.append(error)
        if len(empty) == len(files):
            raise empty[0]
        place = file[0] if isinstance(file, tuple) else file
        remark("the file holds nothing to read and is passed over", str(place))


def _matches(item: Any) -> Sequence[FilePath]:
    if not isinstance(item, (str, os.PathLike)) or not os.fspath(item):
        raise _not_a_path(item)
    name = os.path.expanduser(os.fspath(item))
    if is_remote(name):
        return _remote_matches(name)
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


def _remote_matches(url: str) -> Sequence[RemotePath]:
    if not glob.has_magic(url.replace("?", "") if is_web(url) else url):
        return [RemotePath(url)]
    if not (files := remote_files(url)):
        raise DataError(f"{url}: no file matches; correct the URL")
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
