"""Rows of CSV, whose quotes may hold delimiters and line ends."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from seqtasks.data.readers.dialects import Dialect, choose_dialect, excel_delimiter
from seqtasks.errors import DataError
from seqtasks.prediction.forms.tables import Row, TableInput
from seqtasks.prediction.source_lines import SourceLines

_LONGEST_CELL = 2**31 - 1
_SAMPLE = 100  # lines


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
        first = sample[0][0] if sample else 1
        yield from parsed(dialect, chain(sample, lines), first, source)

    def finds(self, cells: Sequence[str]) -> bool:
        """Whether a first row has the columns of the inputs."""
        try:
            self.located(self.names_of(cells))
        except DataError:
            return False
        return len(cells) > 1 or len(self.columns) == 1


def parsed(
    dialect: Dialect, lines: Iterable[tuple[int, str]], first: int, source: SourceLines
) -> Iterator[Row]:
    """The rows of lines numbered from ``first``; a wrong quote is an error in its place."""
    last = first - 1

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
