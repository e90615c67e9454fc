"""A person's own table with the predictions beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from seqtasks.errors import DataError, UsageError
from seqtasks.prediction.answer import Prediction
from seqtasks.prediction.forms.quoted_tables import QuotedTableInput
from seqtasks.prediction.forms.record_form import OutputForm
from seqtasks.prediction.forms.tables import TableInput
from seqtasks.prediction.line import Line


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
