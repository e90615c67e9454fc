"""Rows of cells under a header, with tabs between them: TSV, whose quotes are plain characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from seqtasks.data.fields.columns import Column
from seqtasks.data.record import Value
from seqtasks.errors import DataError
from seqtasks.prediction.forms.record_form import InputColumns, InputForm
from seqtasks.prediction.line import Line, line_at
from seqtasks.prediction.source_lines import SourceLines, check_decoded, printable

Row = tuple[int, list[str] | DataError]
"""The line on which a row starts, and its cells or why it cannot be read."""


class TableInput(InputForm):
    """Cells with tabs between them under a header; blank rows are passed over.

    Args:
        columns: as of `InputForm`; a number counts from 0 where it is no name.
        header: whether the first row holds the names; without, all columns go by number.

    Attributes:
        headings: the header as it is written; None without one.
        mark: a byte order mark that stands before it, or nothing.
        delimiter: what stands between cells.
    """

    headings: list[str] | None = None
    mark = ""
    delimiter = "\t"

    def __init__(self, columns: InputColumns, header: bool = True) -> None:
        super().__init__(columns)
        self.header = header

    def rows(self, source: SourceLines) -> Iterator[Row]:
        """The rows of a file."""
        for number, text in source:
            yield number, text.split(self.delimiter)

    def read(self, source: SourceLines) -> Iterator[Line]:
        names: list[str] = []
        for number, cells in self.rows(source):
            if isinstance(cells, list) and len(cells) <= 1 and not "".join(cells).strip():
                continue
            if not names:
                if isinstance(cells, DataError):
                    raise cells
                self.names = names = self.begin(cells, source.place(number))
                self.mark = "\ufeff" * source.marked
                if self.header:
                    continue
            texts = [printable(cell) for cell in cells] if isinstance(cells, list) else []
            padded = (texts + [""] * len(names))[: len(names)]
            line = line_at(number, dict(zip(names, padded, strict=True)))
            yield line.read(partial(self.inputs, names, cells, line.place))

    def begin(self, cells: Sequence[str], place: str) -> list[str]:
        """The names of the columns, among which all inputs are found, from the first row."""
        names = self.names_of(cells)
        if self.header:
            self.headings = [printable(cell) for cell in cells]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise DataError(
                f"the column {twice[0]!r} is there twice; give each a name of its own", where=place
            )
        self.columns = self.located(names, place)
        return names

    def names_of(self, cells: Sequence[str]) -> list[str]:
        """The names in a first row; a column without one goes by its number."""
        numbers = map(str, range(len(cells)))
        names = [printable(cell).strip() for cell in cells] if self.header else [""] * len(cells)
        return [name or number for name, number in zip(names, numbers, strict=True)]

    def located(self, names: Sequence[str], place: str = "") -> InputColumns:
        """The column of each input by its name (DataError: there is none)."""
        found: dict[str, Column] = {}
        for name, column in self.columns.items():
            own = name in names and not isinstance(column, str | list)
            found[name] = name if own or column is None else by_name(column, names)
        self.pick(dict.fromkeys(names, "x"), place, found)
        return found

    def inputs(
        self, names: Sequence[str], cells: list[str] | DataError, place: str
    ) -> dict[str, Value]:
        """The inputs in a row."""
        if isinstance(cells, DataError):
            raise cells
        if len(cells) < len(names) or any(cell.strip() for cell in cells[len(names) :]):
            expected = "as in the header" if self.header else "as in the first row"
            raise DataError(
                f"{len(cells)} column(s) found, {len(names)} expected {expected}", where=place
            )
        for cell in cells:
            check_decoded(cell, place)
        return self.pick(dict(zip(names, cells, strict=False)), place)


def by_name(column: Column, names: Sequence[str]) -> Column:
    """A column by its name, where it is given by its number.

    >>> by_name("-1", ["id", "text"]), by_name("text", ["id", "text"])
    ('text', 'text')
    """
    if isinstance(column, list):
        return [str(by_name(one, names)) for one in column]
    if column in names or not str(column).lstrip("-").isdecimal():
        return column
    number = int(str(column))
    return names[number] if -len(names) <= number < len(names) else column
