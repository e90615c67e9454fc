"""How the cells of a delimited file are written: told from its first rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "'|'"}
_SAMPLE = 100  # lines
_LONGEST = 10_000  # characters of a line
_EXCEL = re.compile('"?sep=(.)"?')
_ESCAPED_QUOTE = re.compile(r'(?<!\\)((?:\\\\)*)\\"')


@dataclass(frozen=True)
class Dialect:
    """One way of writing cells.

    Attributes:
        delimiter: the character between cells.
        quoted: whether quotes may hold delimiters and line ends, as in CSV.
        spaced: whether spaces may stand before a quote that opens.
        escaped: whether a backslash may stand before a quote within quotes.
    """

    delimiter: str
    quoted: bool
    spaced: bool = False
    escaped: bool = False

    def reader(self, lines: Iterable[str]) -> Any:
        r"""Split lines with their ends into rows by `csv.reader`; quotes may hold ends.

        >>> list(Dialect(",", True, escaped=True).reader(['1,"a \\"b\\""\n']))
        [['1', 'a "b"']]
        """
        if self.escaped:
            lines = (_ESCAPED_QUOTE.sub(r'\1""', line) for line in lines)
        return csv.reader(
            lines, delimiter=self.delimiter, strict=True, skipinitialspace=self.spaced
        )

    def sample(self, lines: Sequence[str]) -> tuple[list[list[str]], bool]:
        """The rows on a file's first lines, none of them blank, and whether they are valid."""
        lines = [line[:_LONGEST] for line in lines[:_SAMPLE]]
        if not self.quoted:
            return [line.split(self.delimiter) for line in lines if line.strip()], True
        rows: list[list[str]] = []
        try:
            rows.extend(row for row in self.reader(f"{line}\n" for line in lines) if any(row))
        except csv.Error as error:
            return rows, str(error).startswith("unexpected end")  # perhaps within quotes
        return rows, True

    def differences(self, other: Dialect) -> str:
        """What this dialect has and another has not, as people say it.

        >>> Dialect(";", True).differences(Dialect(",", True))
        'a semicolon between cells'
        """
        parts = {
            f"{_DELIMITERS.get(self.delimiter)} between cells": self.delimiter != other.delimiter,
            "spaces before quotes": self.spaced,
            "backslashes before quotes": self.escaped,
            "quotes around cells": self.quoted and not other.quoted,
        }
        return ", ".join(part for part, differs in parts.items() if differs)

    def width(self, lines: Sequence[str]) -> int:
        """The number of cells of the first row, if no row on some lines has more or fewer."""
        widths = {len(row) for row in self.sample(lines)[0]}
        return widths.pop() if len(widths) == 1 else 0


def excel_delimiter(lines: Sequence[str]) -> str | None:
    """The delimiter that Excel's first line tells, None where there is no such line.

    >>> excel_delimiter(["sep=;", "label;text"]), excel_delimiter(["label;text"])
    (';', None)
    """
    found = _EXCEL.fullmatch(lines[0].strip(" ")) if lines else None
    return found[1] if found else None


def choose_dialect(
    lines: Sequence[str], usual: Dialect, free: bool, located: Callable[[list[str]], bool]
) -> Dialect:
    """The first dialect in which a file's first lines are a table with the wanted columns.

    Args:
        lines: the first of the file, without ends.
        usual: the dialect that the file's name or the user tells, which is taken if none is right.
        free: whether another delimiter than the usual one may be taken.
        located: whether a first row has the wanted columns, each field another.
    """
    found, regular = _judged(lines, usual, located)
    if found and regular:
        return usual
    quoted = replace(usual, quoted=True)
    same = [quoted, replace(quoted, spaced=True), replace(quoted, escaped=True)]
    judged = {one: _judged(lines, one, located) for one in same if one != usual}
    if not found and free:
        others = [Dialect(one, True) for one in _DELIMITERS if one != usual.delimiter]
        judged |= {one: _judged(lines, one, located) for one in others}
    for good in ((True, True),) if found else ((True, True), (True, False)):
        for dialect, verdict in judged.items():
            if verdict == good:
                return dialect
    if not found and usual.width(lines) <= 1:  # the columns that there are can at least be named
        return next((one for one in judged if one.width(lines) > 1), usual)
    return usual


def _judged(
    lines: Sequence[str], dialect: Dialect, located: Callable[[list[str]], bool]
) -> tuple[bool, bool]:
    """Whether the wanted columns are there, and whether the rows are valid and none too long."""
    rows, valid = dialect.sample(lines)
    if not rows:
        return False, False
    width = len(rows[0])
    too_long = any(any(map(str.strip, row[width:])) for row in rows)
    return located(rows[0]), valid and not too_long
