"""Pairs of sentences: two files line by line, or one file with a tab in each line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from seqtasks.data.readers.columns import locate, no_column
from seqtasks.data.readers.files import expand, read_lines
from seqtasks.data.readers.options import known_encoding
from seqtasks.data.record import Columns, Record
from seqtasks.errors import DataError

_NAMES = ["source", "target"]


class ParallelReader:
    """Read one pair of sentences from each line.

    The columns are ``source`` or 0 and ``target`` or 1; by default a field is the column of its
    own name. Sentences stay as they are written.

    Args:
        encoding: the files' encoding.
        skip_empty: leave out pairs with an empty side, instead of refusing them.

    Raises:
        UsageError: there is no such encoding.
    """

    def __init__(self, encoding: str = "utf-8", skip_empty: bool = False) -> None:
        self.encoding = known_encoding(encoding)
        self.skip_empty = skip_empty

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield one record a pair.

        Args:
            source: a list of two paths or globs, the source's and the target's, matched in order;
                or one path or glob of files with the two in each line, a tab between them.
            columns: the wanted fields; each column is ``source``, ``target``, 0, 1 or None.

        Raises:
            DataError: a file cannot be read or has no pair; the two differ in their number of
                lines; a sentence is empty; a line has not two columns; or there is no such column.
        """
        for paths in _pairs(source):
            wanted = {
                field: _position(paths[0], field, column) for field, column in columns.items()
            }
            found = False
            for number, sides in self._lines(*paths):
                if not all(side.strip() for side in sides):
                    if self.skip_empty:
                        continue
                    empty = paths[0] if not sides[0].strip() else paths[-1]
                    raise DataError(
                        f"{empty}:{number}: empty sentence; write it, remove the pair, "
                        "or leave such pairs out with data.reader.skip_empty=true"
                    )
                found = True
                values = {field: sides[position] for field, position in wanted.items()}
                yield Record({**values}, str(paths[0]), number)
            if not found:
                raise DataError(f"{paths[0]}: no pair of sentences; give files that hold text")

    def _lines(self, path: Path, other: Path | None = None) -> Iterator[tuple[int, list[str]]]:
        """Yield each line's number and its two sides."""
        if other is not None:
            yield from _zip(path, other, self.encoding)
            return
        for number, line in read_lines(path, self.encoding):
            sides = line.split("\t")
            if not line.strip():
                sides = ["", ""]
            if len(sides) != 2:
                raise DataError(
                    f"{path}:{number}: {len(sides)} column(s) found, 2 expected with a tab between "
                    "them; correct the line, or use the table reader with header=false"
                )
            yield number, sides


def _pairs(source: Any) -> list[tuple[Path, ...]]:
    """Match the files of the two sides; a file that holds both sides stands alone."""
    single = isinstance(source, (str, os.PathLike)) or not isinstance(source, Sequence)
    if single or len(source) == 1:
        return [(path,) for path in expand(source)]
    if len(source) != 2:
        raise DataError(
            f"data source {list(source)}: {len(source)} paths; give two, "
            "the source's and the target's, as in data.train=[train.de,train.en]"
        )
    left, right = expand(source[0]), expand(source[1])
    if len(left) != len(right):
        raise DataError(
            f"{source[0]}: {len(left)} file(s), but {len(right)} for {source[1]}; "
            "give as many target files as source files"
        )
    return list(zip(left, right, strict=True))


def _zip(left: Path, right: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Pair the lines of two files, which are to be equally many."""
    counts = [0, 0]
    for one, two in zip_longest(read_lines(left, encoding), read_lines(right, encoding)):
        counts = [counts[0] + (one is not None), counts[1] + (two is not None)]
        if one and two:
            yield one[0], [one[1], two[1]]
    if counts[0] != counts[1]:
        raise DataError(
            f"{left}: {counts[0]} line(s), but {right} has {counts[1]}; "
            "give files where each line of one translates the same line of the other"
        )


def _position(path: Path, field: str, column: str | int | None) -> int:
    column = field if column is None else column
    position = locate(column, _NAMES, 2)
    if position is None:
        raise no_column(str(path), field, column, _NAMES, 2)
    return position
