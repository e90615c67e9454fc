"""One record of a file that is predicted on, as it stands there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from seqtasks.data.record import Record, Value
from seqtasks.errors import DataError

Inputs = dict[str, Value]


class SentenceLine(NamedTuple):
    """A line of CoNLL.

    Attributes:
        text: as it is written.
        is_token: whether it is a token that is read.
        has_columns: whether it has the columns of one.
    """

    text: str
    is_token: bool = False
    has_columns: bool = False


@dataclass
class Line:
    """A record and the line, or the lines, that hold it.

    Attributes:
        number: of the first line, counted from 1.
        record: the inputs of the model; or why the line cannot be used.
        row: the person's own columns by name, in their order.
        lines: of a sentence of CoNLL: its comments and its tokens as they are written.
    """

    number: int
    record: Record | DataError
    row: dict[str, Any] = field(default_factory=dict)
    lines: list[SentenceLine] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Where the line stands, for errors."""
        return place_of(self.number)

    def read(self, inputs: Callable[[], Inputs]) -> Line:
        """The same line with the record that a function finds on it, or the `DataError`."""
        try:
            self.record = Record(inputs(), "input", self.number)
        except DataError as error:
            self.record = error
        return self


def place_of(number: int) -> str:
    """A line of the input, for errors."""
    return f"input:{number}"


def line_at(number: int, row: dict[str, Any] | None = None) -> Line:
    """A line whose record is still to be read."""
    return Line(number, Record({}, "input", number), row or {})
