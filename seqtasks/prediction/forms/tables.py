"""Rows of cells under a header: CSV, and TSV, whose quotes are plain characters."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice

from seqtasks.data.fields.columns import Column
from seqtasks.data.readers.dialects import Dialect, choose_dialect, excel_delimiter
from seqtasks.data.record import Value
from seqtasks.errors import DataError, UsageError
from seqtasks.prediction.answer import Prediction
from seqtasks.prediction.forms.record_form import InputColumns, InputForm, OutputForm
from seqtasks.prediction.line import Line, line_at
from seqtasks.prediction.source_lines import SourceLines, check_decoded, printable

_LONGEST_CELL = 2**31 - 1
_SAMPLE = 100  # lines

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


class QuotedTableInput(TableInput):
    """CSV: quotes may hold delimiters and line ends.

    How the cells are written is told from the first lines, as of training data (`choose_dialect`).

    Attributes:
        declared: Excel's first line that names the delimiter, with its end, or nothing.
    """

    declared = ""

    def rows(self, source: SourceLines) -> Iterator[Row]:
        csv.field_size_limit(max(_LONGEST_CELL, csv.field_size_limit()))
        lines = iter(source)
        sample = list(islice(lines, _SAMPLE))
        stated = excel_delimiter([text for _, text in sample])
        if stated is not None:
            self.declared = f"{sample.pop(0)[1]}\n"
        usual = Dialect(stated or ",", quoted=True)
        texts = [text for _, text in sample]
        dialect = choose_dialect(texts, usual, stated is None, self.finds)
        self.delimiter = dialect.delimiter
        yield from parsed(dialect, chain(sample, lines), source)

    def finds(self, cells: Sequence[str]) -> bool:
        """Whether a first row has the columns of the inputs."""
        try:
            self.located(self.names_of(cells))
        except DataError:
            return False
        return len(cells) > 1 or len(self.columns) == 1


def parsed(
    dialect: Dialect, lines: Iterable[tuple[int, str]], source: SourceLines
) -> Iterator[Row]:
    """The rows of numbered lines; one with a wrong quote is an error in its place."""
    last = 0

    def texts() -> Iterator[str]:
        nonlocal last
        for last, text in lines:  # noqa: B007
            yield text + "\n"

    rows = dialect.reader(texts())
    while True:
        number = last + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            reason = str(error).split(" - ")[0]
            taken = f" up to line {last}" if last > number else ""
            yield (
                number,
                DataError(
                    f"not valid CSV{taken} ({reason}); close the quotes, and double those inside "
                    'a quoted cell ("")',
                    where=source.place(number),
                ),
            )
        else:
            yield number, cells


class TableOutput(OutputForm):
    """The person's own columns, the columns of the prediction, and an ``error``."""

    def head(self) -> Iterator[str]:
        given, columns = self.given, self.layout.columns
        names = given.names
        if names is None:
            raise UsageError(
                "a table has the same columns in every row, which the input does not say; leave it "
                "in the form of the input",
                option="output_format",
            )
        if taken := [name for name in columns if name in names]:
            raise DataError(
                f"the input has a column {taken[0]!r} of its own, and one of that name is added; "
                "give yours another name, or what is predicted, if it is that one",
                where="input:1",
            )
        own: Sequence[str] = names
        if isinstance(given, TableInput):
            if given.headings is None:
                return
            own = given.headings
        yield self.opening() + self.row([*own, *columns])

    def opening(self) -> str:
        """What stands before the header, as in the input."""
        return self.given.mark if isinstance(self.given, TableInput) else ""

    def write(self, line: Line, found: Prediction, error: DataError | None) -> str:
        own = [self.layout.text(cell) for cell in line.row.values()]
        own += [""] * (len(self.given.names or ()) - len(own))
        return self.row([*own, *self.layout.cells(found, error)])

    def row(self, cells: Sequence[str]) -> str:
        """Cells on a line, with tabs between them."""
        marks = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r"})
        return "\t".join(cell.translate(marks) for cell in cells)


class QuotedTableOutput(TableOutput):
    """CSV, with quotes where a cell needs them."""

    def opening(self) -> str:
        declared = self.given.declared if isinstance(self.given, QuotedTableInput) else ""
        return super().opening() + declared

    def row(self, cells: Sequence[str]) -> str:
        """Cells as CSV, with the input's own delimiter between them."""
        delimiter = self.given.delimiter if isinstance(self.given, QuotedTableInput) else ","
        text = io.StringIO()
        # Line ends within cells are quoted where a row's own end has them.
        csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
        return text.getvalue().removesuffix("\r\n")


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
