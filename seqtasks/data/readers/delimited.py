"""Rows of CSV and TSV files, each with the line it starts on."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, repeat
from operator import add, itemgetter

from seqtasks.data.readers.columns import locate, locate_all
from seqtasks.data.readers.dialects import Dialect, choose_dialect, excel_delimiter
from seqtasks.data.readers.files import line_blocks, read_lines
from seqtasks.data.readers.headers import doubt_header
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.readers.remarks import remark, unsaid
from seqtasks.data.record import Columns
from seqtasks.errors import DataError

_LONGEST_FIELD = 2**31 - 1
_RETURN = "a carriage return in a cell without quotes; remove it, or put the cell in quotes"
_WAYS = (
    'close the quotes, double those inside a quoted cell (""), or set `reader.format`=tsv if '
    "quotes are plain characters"
)

_Blocks = Iterator[tuple[int, list[str]]]
Row = tuple[int, list[str], str]
"""The line on which it starts, the cells, and what is wrong with the row if it cannot be read."""


@dataclass(frozen=True)
class Delimited:
    """A delimited file whose first row is read.

    Attributes:
        place: of the first row.
        names: of the columns; empty without a header.
        width: how many columns there are.
        dialect: how the cells are written.
        rows: of data, each of them at least as wide; a blank row is none.
    """

    place: str
    names: list[str]
    width: int
    dialect: Dialect
    rows: Iterator[Row]


def open_delimited(
    path: FilePath, form: str, delimiter: str | None, encoding: str, header: bool, wanted: Columns
) -> Delimited | None:
    """Read the first row of a file, which tells its columns.

    Where the format's own delimiter does not give the wanted columns, and none is given, the one
    that does is taken; so are spaces or backslashes before quotes where they give whole rows.

    Args:
        path: the file.
        form: ``csv``, in which quotes may hold delimiters and line ends, or ``tsv``.
        delimiter: the character between cells; None for that of the format.
        encoding: the file's encoding.
        header: whether the first row holds the names; without, there are none.
        wanted: the columns that are looked for.

    Returns:
        The file; None if it has no row at all.

    Raises:
        DataError: the file cannot be read, as later if a quote is not closed.
    """
    blocks = line_blocks(path, encoding)
    number, lines = next(blocks, (1, []))
    stated = excel_delimiter(lines)
    if stated is not None:
        number, lines = number + 1, lines[1:]
    own = delimiter or stated or ("," if form == "csv" else "\t")
    usual = Dialect(own, form == "csv" or (delimiter is None and stated is not None))
    free = delimiter is None and stated is None

    def located(row: list[str]) -> bool:
        names = _names(row) if header else []
        given = (field if column is None else column for field, column in wanted.items())
        places = [locate(column, names, len(row)) for column in given]
        return None not in places and (len(row) > 1 or len({*places}) == len(places))

    dialect = choose_dialect(lines, usual, free, located)
    if dialect != usual:
        told = dialect.differences(usual)
        way = "; data.reader.delimiter names another" * (dialect.delimiter != own)
        remark(f"read with {told}{way}", str(path))
    rows = _rows(path, encoding, dialect, chain([(number, lines)], blocks))
    first = next((row for row in rows if row[2] or any(map(str.strip, row[1]))), None)
    if first is None:
        return None
    line, cells, fault = first
    place, width = f"{path}:{line}", len(cells)
    if fault:
        raise DataError(f"{place}: {fault}")
    by_number = all(isinstance(column, int) for column in wanted.values())
    if by_number or not header:
        doubt_header(place, cells, header, dialect.sample(lines)[0][1:])
    data = _regular(first, dialect, f"{path}:" if header else "", rows)
    names = _names(cells) if header else []
    return Delimited(place, names, width, dialect, data if header else chain([first], data))


def located_columns(table: Delimited, wanted: Columns) -> dict[str, int]:
    """The position of each wanted column (DataError: there is none, or several)."""
    fix = ", or set `reader.header`=false if the first row is data" if table.names else ""
    return locate_all(table.place, wanted, table.names, table.width, fix)


def _names(cells: list[str]) -> list[str]:
    """The names of the columns; a column without a name goes by its number."""
    return [cell.strip() for cell in cells]


def _regular(first: Row, dialect: Dialect, header: str, rows: Iterator[Row]) -> Iterator[Row]:
    """Rows of as many cells as the first; further ones that are empty do not matter.

    Args:
        first: the first row.
        dialect: of the file.
        header: begins the places of rows; empty if the first row is none of names, which may
            stand again where files were joined.
        rows: the others.
    """
    start, names, _ = first
    width = len(names)
    for row in rows:
        line, cells, fault = row
        if (len(cells) == width and width > 1) or fault:
            if cells == names and header:
                remark("a row that repeats the header is left out", f"{header}{line}")
            else:
                yield row
        elif any(map(str.strip, cells)):
            if any(map(str.strip, cells[width:])):
                quotes = f", or put cells with {dialect.delimiter!r} in quotes" * dialect.quoted
                fault = (
                    f"{len(cells)} columns found, {width} expected as on line {start}; correct "
                    f"the row{quotes}"
                )
            yield line, cells + [""] * (width - len(cells)), fault


def _rows(path: FilePath, encoding: str, dialect: Dialect, blocks: _Blocks) -> Iterator[Row]:
    """The rows as they stand in the file."""
    if dialect.quoted:
        yield from _csv(path, encoding, dialect, blocks)
        return
    for first, lines in blocks:
        for line, text in enumerate(lines, first):
            yield line, text.split(dialect.delimiter), ""


def _csv(path: FilePath, encoding: str, dialect: Dialect, blocks: _Blocks) -> Iterator[Row]:
    # The limit holds for the whole process and stays raised: other readers may be in mid-file.
    csv.field_size_limit(max(_LONGEST_FIELD, csv.field_size_limit()))
    number, lines = next(blocks, (1, []))
    ended = (map(add, part, repeat("\n")) for part in chain([lines], map(itemgetter(1), blocks)))
    rows = dialect.reader(chain.from_iterable(ended))
    line = number
    while True:
        try:
            for cells in rows:
                yield line, cells, ""
                line = rows.line_num + number
            break
        except csv.Error as error:
            reason = str(error).split(" - ")[0]
            last = rows.line_num + number - 1
            at_end = reason.startswith("unexpected end")
            if last > line or at_end:
                line = _opening(path, encoding, line, last if at_end else last - 1)
                raise DataError(f"{path}:{line}: not valid CSV ({reason}); {_WAYS}") from None
            yield (
                line,
                [],
                _RETURN if "new-line" in reason else f"not valid CSV ({reason}); {_WAYS}",
            )
            line = rows.line_num + number


def _opening(path: FilePath, encoding: str, first: int, last: int) -> int:
    """The line on which the quote opens that is open behind the last of some lines."""
    opened = 0
    with unsaid():
        for number, line in islice(read_lines(path, encoding), first - 1, last):
            if quotes := line.replace('""', "").count('"'):
                opened = number if bool(opened) == (quotes % 2 == 0) else 0
    return opened or first
