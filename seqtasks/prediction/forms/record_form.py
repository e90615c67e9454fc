"""What every form of an input, and of an output, can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqtasks.data.fields.columns import Column, distinct
from seqtasks.data.raw_inputs import as_text
from seqtasks.data.readers.json_lines import non_empty_value
from seqtasks.data.record import Value
from seqtasks.errors import DataError, nearest
from seqtasks.prediction.answer import Prediction
from seqtasks.prediction.layout import Layout
from seqtasks.prediction.line import Line
from seqtasks.prediction.source_lines import SourceLines

InputColumns = Mapping[str, Column]
"""Each input of a task and the column, or the columns, that hold it; None: those of the form."""


class InputForm(ABC):
    """Reads the records of a file.

    Args:
        columns: where the inputs are found.

    Attributes:
        names: the person's own columns, once the first record has been read; None where each
            record has its own.
    """

    names: Sequence[str] | None = None

    def __init__(self, columns: InputColumns) -> None:
        self.columns = columns

    @abstractmethod
    def read(self, source: SourceLines) -> Iterator[Line]:
        """The records; one that cannot be used is an error in its place.

        Raises:
            DataError: the file as a whole is not of this form.
        """

    def pick(
        self, row: Mapping[str, Any], place: str, columns: InputColumns | None = None
    ) -> dict[str, Value]:
        """The inputs out of a row with named columns: the form's own, or those that are given."""
        return {
            name: cell(row, name if column is None else column, place)
            for name, column in (self.columns if columns is None else columns).items()
        }


@dataclass
class OutputForm(ABC):
    """Writes the predictions.

    Attributes:
        layout: what is written of each.
        given: the form of the input, whose own columns are kept.
    """

    layout: Layout
    given: InputForm

    def head(self) -> Iterator[str]:
        """The lines before the first record, which has been read."""
        yield from ()

    def refusal(self, line: Line, found: Prediction) -> DataError | None:
        """Why a prediction cannot be written into its line; None where it can."""
        return None

    @abstractmethod
    def write(self, line: Line, found: Prediction, error: DataError | None) -> str:
        """The prediction of a record in its place, or the error for which there is none."""


def cell(row: Mapping[str, Any], column: Column, place: str) -> Value:
    """The value of a column; of several columns their texts with tabs between them."""
    if isinstance(column, list):
        texts = [as_text(cell(row, one, place)) for one in distinct(column)]
        return "\t".join(text.replace("\t", " ") for text in texts)
    name = str(column)
    if name not in row:
        raise DataError(
            f"no column {name!r};{nearest(name, list(row))} There are "
            f"{', '.join(map(repr, row)) or 'none'}; name the column of the input, as in --column "
            "tokens=NAME",
            where=place,
        )
    return non_empty_value(place, name, row[name])
