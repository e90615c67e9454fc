"""Pairs of sentences: files read line by line together, or one file with tabs in each line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from typing import Any

from seqtasks.data.readers.columns import locate_all
from seqtasks.data.readers.decoding import EmptyFile
from seqtasks.data.readers.files import (
    at_least_one,
    find_files,
    in_turn,
    line_blocks,
    read_lines,
)
from seqtasks.data.readers.options import known_encoding
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.readers.remarks import remark
from seqtasks.data.record import Columns, Record
from seqtasks.errors import DataError

_NAMES = ["source", "target"]
_LICENCE = re.compile(r"\s*CC(0|[- ]BY)\b")  # how the attributions of Tatoeba's pairs begin
_EMPTY = "an empty one among several right answers; write it, or remove it"

_Sides = tuple[int, Sequence[str], str]
"""The number of a line, its sides, and what is wrong with it if anything is."""


class ParallelReader:
    """Read one pair of sentences from each line.

    The columns are ``source`` or 0 and ``target`` or 1; by default a field is the column of its
    own name. Sentences stay as they are written.

    Args:
        encoding: the files' encoding.
        references: further files, or further columns, are further right answers to the source;
            they stand behind the target, with tabs between them.

    Raises:
        UsageError: there is no such encoding.
    """

    def __init__(self, encoding: str = "utf-8", references: bool = False) -> None:
        self.encoding = known_encoding(encoding)
        self.references = references

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield one record a pair; a pair of blank lines is none.

        Args:
            source: a list of two paths or globs, the source's and the target's, matched in order;
                or one path or glob of files with the two in each line, a tab between them, and
                behind them a licence that is left aside. With ``references`` both may be more
                than two.
            columns: the wanted fields; each column is ``source``, ``target``, 0, 1 or None.

        Raises:
            DataError: a file cannot be read or has no pair; the files differ in their number of
                lines; the first line has not two columns; or there is no such column.
        """
        files = _matched(source, self.references)
        yield from in_turn(files, lambda paths: self._records(paths, columns))

    def _records(self, paths: Sequence[FilePath], columns: Columns) -> Iterator[Record]:
        name = str(paths[0])
        wanted = list(locate_all(name, columns, _NAMES, 2).items())
        missing = f"{name}: no pair of sentences; give files that hold text"
        lines = _zip(paths, self.encoding) if len(paths) > 1 else self._split(paths[0])
        for number, sides, fault in at_least_one(lines, missing):
            if fault:
                yield Record({}, name, number, fault=fault)
                continue
            texts = (sides[0], sides[1] if len(sides) == 2 else "\t".join(sides[1:]))
            yield Record({field: texts[at] for field, at in wanted}, name, number)

    def _split(self, path: FilePath) -> Iterator[_Sides]:
        """Yield the number and the sides of each line of a file that holds all sides."""
        begun = False
        for number, line in read_lines(path, self.encoding):
            if not line or line.isspace():
                continue
            sides = line.split("\t")
            while len(sides) > 2 and not sides[-1].strip():
                sides.pop()
            if len(sides) > 2 and _LICENCE.match(sides[-1]):
                del sides[-1]
                remark(
                    "the last column, the licence of the pair, is left aside", f"{path}:{number}"
                )
            fault = ""
            if len(sides) < 2 or (len(sides) > 2 and not self.references):
                fault = self._other_count(len(sides))
                if not begun:
                    raise DataError(f"{path}:{number}: {fault}")
            elif len(sides) > 2 and not all(map(str.strip, sides)):
                fault = _EMPTY
            begun = True
            yield number, sides, fault

    def _other_count(self, count: int) -> str:
        """What is wrong with a line of so many columns."""
        more = " or more" if self.references else ""
        other = "set `reader.references`=true if more than one target is right, "
        return (
            f"{count} column(s) found, 2{more} expected with a tab between them; correct the line, "
            f"{'' if self.references else other}or use the table reader with header=false"
        )


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


def _zip(paths: Sequence[FilePath], encoding: str) -> Iterator[_Sides]:
    """Match the lines of several files, which are to be equally many but for blank ones behind."""
    files = [_lines(path, encoding) for path in paths]
    one_sided = 0
    for number, sides in enumerate(zip_longest(*files), 1):
        if None in sides:
            rests = [
                [] if side is None else [side, *file]
                for side, file in zip(sides, files, strict=True)
            ]
            _check_rests(paths, number - 1, rests, one_sided)
            return
        if all(map(str.strip, sides)):
            yield number, sides, ""
        elif any(map(str.strip, sides)):
            one_sided = one_sided or number
            targets = [*map(str.strip, sides[1:])]
            yield number, sides, _EMPTY * (any(targets) and not all(targets))


def _lines(path: FilePath, encoding: str) -> Iterator[str]:
    """The lines of a file, none of an empty one."""
    try:
        yield from chain.from_iterable(lines for _, lines in line_blocks(path, encoding))
    except EmptyFile:
        return


def _check_rests(
    paths: Sequence[FilePath], count: int, rests: Sequence[Sequence[str]], one_sided: int
) -> None:
    """Refuse lines that have no other side, unless they are blank.

    Args:
        paths: the files.
        count: of the lines that all have.
        rests: the further lines of each.
        one_sided: the first line that is blank in one of them, 0 for none.
    """
    if not any(map(str.strip, chain.from_iterable(rests))):
        longest = max(range(len(paths)), key=lambda at: len(rests[at]))
        place = f"{paths[longest]}:{count + 1}"
        remark("blank lines at the end, which the other file lacks, are passed over", place)
        return
    for path, rest in zip(paths[1:], rests[1:], strict=True):
        if len(rest) != len(rests[0]):
            first = f"; line {one_sided} is the first that is blank in one of them" * bool(
                one_sided
            )
            raise DataError(
                f"{paths[0]}: {count + len(rests[0])} line(s), but {path} has "
                f"{count + len(rest)}; give files where each line of one translates the same "
                f"line of the other{first}"
            )
