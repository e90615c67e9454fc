"""Pairs of sentences: files read line by line together, or one file with tabs in each line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from typing import Any

from seqtasks.data.readers.columns import locate_all
from seqtasks.data.readers.files import at_least_one, find_files, line_blocks, read_lines
from seqtasks.data.readers.options import known_encoding
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.record import Columns, Record, Value
from seqtasks.errors import DataError

_NAMES = ["source", "target"]


class ParallelReader:
    """Read one pair of sentences from each line.

    The columns are ``source`` or 0 and ``target`` or 1; by default a field is the column of its
    own name. Sentences stay as they are written.

    Args:
        encoding: the files' encoding.
        skip_empty: leave out pairs with an empty side, instead of refusing them.
        references: further files, or further columns, are further right answers to the source;
            they stand behind the target, with tabs between them.

    Raises:
        UsageError: there is no such encoding.
    """

    def __init__(
        self, encoding: str = "utf-8", skip_empty: bool = False, references: bool = False
    ) -> None:
        self.encoding = known_encoding(encoding)
        self.skip_empty = skip_empty
        self.references = references

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield one record a pair.

        Args:
            source: a list of two paths or globs, the source's and the target's, matched in order;
                or one path or glob of files with the two in each line, a tab between them. With
                ``references`` both may be more than two.
            columns: the wanted fields; each column is ``source``, ``target``, 0, 1 or None.

        Raises:
            DataError: a file cannot be read or has no pair; the files differ in their number of
                lines; a sentence is empty; a line has not two columns; or there is no such column.
        """
        for paths in _matched(source, self.references):
            name = str(paths[0])
            wanted = locate_all(name, columns, _NAMES, 2)
            missing = f"{name}: no pair of sentences; give files that hold text"
            for number, sides in at_least_one(self._pairs(*paths), missing):
                texts = (sides[0], "\t".join(sides[1:]))
                values: dict[str, Value] = {field: texts[at] for field, at in wanted.items()}
                yield Record(values, name, number)

    def _pairs(self, *paths: FilePath) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the lines without an empty side."""
        for number, sides in self._lines(*paths):
            if all(map(str.strip, sides)):
                yield number, sides
            elif not self.skip_empty:
                at = next(place for place, side in enumerate(sides) if not side.strip())
                raise DataError(
                    f"{paths[min(at, len(paths) - 1)]}:{number}: empty sentence; write it, remove "
                    "the pair, or leave such pairs out with `reader.skip_empty`=true"
                )

    def _lines(self, path: FilePath, *others: FilePath) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield each line's number and its sides: the source, the target, further references."""
        if others:
            return _zip([path, *others], self.encoding)
        return self._split(path)

    def _split(self, path: FilePath) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the number and the sides of each line of a file that holds all sides."""
        for number, line in read_lines(path, self.encoding):
            sides = line.split("\t")
            if not line.strip():
                sides = ["", ""]
            if len(sides) < 2 or (len(sides) > 2 and not self.references):
                more = " or more" if self.references else ""
                other = "set `reader.references`=true if more than one target is right, "
                raise DataError(
                    f"{path}:{number}: {len(sides)} column(s) found, 2{more} expected with a tab "
                    f"between them; correct the line, {'' if self.references else other}"
                    "or use the table reader with header=false"
                )
            yield number, sides


def _matched(source: Any, references: bool) -> list[tuple[FilePath, ...]]:
    """Match the files of the sides; a file that holds all of them stands alone."""
    single = isinstance(source, (str, os.PathLike)) or not isinstance(source, Sequence)
    if single or len(source) == 1:
        return [(path,) for path in find_files(source)]
    if len(source) < 2 or (len(source) > 2 and not references):
        raise DataError(
            f"give two paths, the source's and the target's, as in [train.de,train.en], not "
            f"{len(source)}: {list(source)}; further references take `reader.references`=true",
            option="source",
        )
    left, *others = [find_files(side) for side in source]
    for name, right in zip(source[1:], others, strict=True):
        if len(left) != len(right):
            raise DataError(
                f"{source[0]}: {len(left)} file(s), but {len(right)} for {name}; "
                "give as many target files as source files"
            )
    return list(zip(left, *others, strict=True))


def _zip(paths: Sequence[FilePath], encoding: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Match the lines of several files, which are to be equally many."""
    files = [chain.from_iterable(lines for _, lines in line_blocks(p, encoding)) for p in paths]
    for number, sides in enumerate(zip_longest(*files), 1):
        if None not in sides:
            yield number, sides
            continue
        rest = [
            (side is not None) + sum(1 for _ in f) for side, f in zip(sides, files, strict=True)
        ]
        for path, more in zip(paths[1:], rest[1:], strict=True):
            if more != rest[0]:
                raise DataError(
                    f"{paths[0]}: {number - 1 + rest[0]} line(s), but {path} has "
                    f"{number - 1 + more}; give files where each line of one translates the same "
                    "line of the other"
                )
