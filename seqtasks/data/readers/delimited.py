"""Rows of CSV and TSV files, each with the line it starts on."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain, repeat
from operator import add

from seqtasks.data.readers.files import line_blocks
from seqtasks.data.readers.paths import FilePath
from seqtasks.errors import DataError

_LONGEST_FIELD = 2**31 - 1

_Row = tuple[int, list[str]]


def delimited_rows(
    path: FilePath, quoted: bool, delimiter: str, encoding: str, header: bool
) -> Iterator[tuple[int, list[str], list[str]]]:
    """Yield each row's line, the names of the columns and the row's cells.

    Args:
        path: the file.
        quoted: whether quotes may hold delimiters and line ends, as in CSV.
        delimiter: the character between cells.
        encoding: the file's encoding.
        header: whether the first row holds the names; without, there are none.

    Raises:
        DataError: the file cannot be read, a quote is not closed, a name is there twice, or a row
            has another number of cells than the first.
    """
    rows = _csv(path, delimiter, encoding) if quoted else _tsv(path, delimiter, encoding)
    names: list[str] | None = None if header else []
    width = first = 0
    for line, cells in rows:
        if len(cells) <= 1 and not "".join(cells).strip():
            continue
        if len(cells) != width:
            if width:
                raise DataError(
                    f"{path}:{line}: {len(cells)} column(s) found, {width} expected as on line "
                    f"{first}; correct the row, or set `reader.delimiter` if it is not "
                    f"{delimiter!r}"
                )
            width, first = len(cells), line
        if names is None:
            names = _header(f"{path}:{line}", cells)
        else:
            yield line, names, cells


def _header(place: str, cells: list[str]) -> list[str]:
    """The names of the columns; a column without a name goes by its number."""
    names = [cell.strip() for cell in cells]
    for name in names:
        if name and names.count(name) > 1:
            raise DataError(
                f"{place}: the column {name!r} is there twice; give each its own name, or set "
                "`reader.header`=false if the first row is data"
            )
    return names


def _tsv(path: FilePath, delimiter: str, encoding: str) -> Iterator[_Row]:
    for first, lines in line_blocks(path, encoding):
        for line, text in enumerate(lines, first):
            yield line, text.split(delimiter)


def _csv(path: FilePath, delimiter: str, encoding: str) -> Iterator[_Row]:
    # The limit holds for the whole process and stays raised: other readers may be in mid-file.
    csv.field_size_limit(max(_LONGEST_FIELD, csv.field_size_limit()))
    blocks = (map(add, lines, repeat("\n")) for _, lines in line_blocks(path, encoding))
    rows = csv.reader(chain.from_iterable(blocks), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in rows:
            yield line, cells
            line = rows.line_num + 1
    except csv.Error as error:
        reason = str(error).split(" - ")[0]
        raise DataError(
            f"{path}:{line}: not valid CSV ({reason}); close the quotes, double those inside "
            'a quoted field (""), or set `reader.format`=tsv if quotes are plain characters'
        ) from None
