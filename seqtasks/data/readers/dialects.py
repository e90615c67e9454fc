"""How the cells of a delimited file are written: told from its first rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "'|'"}
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

    def sample(self, lines: Sequence[str]) -> tuple[list[list[str]], int]:
        """The rows on a file's first lines, none of them blank, and how many cannot be read."""
        if not self.quoted:
            return [line.split(self.delimiter) for line in lines if line.strip()], 0
        rows: list[list[str]] = []
        bad, reader = 0, self.reader(f"{line}\n" for line in lines)
        while True:
            try:
                rows.extend(row for row in reader if any(row))
                break
            except csv.Error as error:
                bad += not str(error).startswith("unexpected end")  # perhaps within quotes
        return rows, bad

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
    """The dialect in which a file's first lines are a table with the wanted columns.

    Args:
        lines: the first of the file, without ends.
        usual: the dialect that the file's name or the user tells, which is taken if none is better.
        free: whether another delimiter than the usual one may be taken.
        located: whether a first row has the wanted columns, each field another.
    """
    least = _bad_rows(lines, usual, located)
    if least == 0:
        return usual
    quoted = replace(usual, quoted=True)
    others = [quoted, replace(quoted, spaced=True), replace(quoted, escaped=True)]
    if least is None and free:
        others += [Dialect(one, True) for one in _DELIMITERS if one != usual.delimiter]
    best = usual
    for dialect in others:
        bad = _bad_rows(lines, dialect, located)
        if bad is None or (least is not None and bad >= least):
            continue
        # Quotes that are plain characters may hide bad rows.
        if least is None or usual.quoted or bad == 0:
            best, least = dialect, bad
    if (
        least is None and usual.width(lines) <= 1
    ):  # the columns that there are can at least be named
        return next((one for one in others if one.width(lines) > 1), usual)
    return best


def _bad_rows(
    lines: Sequence[str], dialect: Dialect, located: Callable[[list[str]], bool]
) -> int | None:
    """How many rows cannot be read or are too long; None where a wanted column is missing."""
    rows, bad = dialect.sample(lines)
    if not rows or not located(rows[0]):
        return None
    width = len(rows[0])
    return bad + sum(any(map(str.strip, row[width:])) for row in rows)
