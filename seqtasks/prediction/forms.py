"""The forms of a file that is predicted on, and of what is written."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from seqtasks.data.fields.columns import Column, distinct
from seqtasks.data.raw_inputs import as_text
from seqtasks.data.readers.json_lines import non_empty_value
from seqtasks.data.record import Value
from seqtasks.errors import DataError, UsageError, nearest
from seqtasks.prediction.line import Line, numbered

Columns = Mapping[str, Column]
"""Each input of a task and the column, or the columns, that it is read from."""


class Form(ABC):
    """Reads records line by line, and writes each again with what is predicted.

    Args:
        columns: where the inputs are found.
        name: of what is predicted.
    """

    def __init__(self, columns: Columns, name: str = "prediction") -> None:
        self.columns, self.name = columns, name

    @abstractmethod
    def read(self, lines: Iterable[bytes]) -> Iterator[Line]:
        """The records, one a line; bad ones have an error."""

    @abstractmethod
    def write(self, line: Line, output: Any) -> str:
        """A record with what is predicted, or with its error, on one line.

        Args:
            line: the record.
            output: a text, a list of labels, or what JSON takes.
        """

    def head(self) -> str | None:
        """What stands before the first record, after it has been read; None for nothing."""
        return None

    def pick(self, row: Mapping[str, Any], place: str) -> dict[str, Value]:
        """The inputs out of a row.

        Raises:
            DataError: a column is missing or empty.
        """
        return {name: self.cell(row, column, place) for name, column in self.columns.items()}

    def cell(self, row: Mapping[str, Any], column: Column, place: str) -> Value:
        """One input: the value of its column, of several the texts with tabs between them."""
        if isinstance(column, list):
            texts = [as_text(self.cell(row, one, place)) for one in distinct(column)]
            return "\t".join(text.replace("\t", " ") for text in texts)
        name = str(column)
        if name not in row:
            raise DataError(
                f"{place}: no column {name!r};{nearest(name, list(row))} There are "
                f"{', '.join(map(repr, row)) or 'none'}; name the right one: --column {name}=NAME"
            )
        return non_empty_value(place, name, row[name])


class Text(Form):
    """A raw text on a line, or several inputs with tabs between them or as a JSON object."""

    def read(self, lines: Iterable[bytes]) -> Iterator[Line]:
        """Every line is its own value."""
        return numbered(lines)

    def write(self, line: Line, output: Any) -> str:
        """What is predicted alone."""
        if line.error is None:
            return shown(output)
        return (
            json_line({"error": line.error}) if isinstance(output, dict) else f"error: {line.error}"
        )


class Table(Form):
    """Tab-separated cells under a header; quotes are plain characters."""

    names: Sequence[str] = ()

    def read(self, lines: Iterable[bytes]) -> Iterator[Line]:
        """The rows below the header.

        Raises:
            DataError: the header has a column twice, lacks an input, or has a name that is added.
        """
        records = numbered(lines)
        header = next(records, None)
        if header is None:
            return
        self.names = [name.strip() for name in header.text.split("\t")]
        self.pick(dict.fromkeys(self.names, "x"), "input:1")
        added = {self.name, "error"} & {*self.names}
        if added or len({*self.names}) < len(self.names):
            raise DataError(
                f"input:1: the columns are {', '.join(self.names)}; each needs a name of its own, "
                f"and {self.name!r} and 'error' are added (--name changes the first)"
            )
        for line in records:
            line.settle(partial(self.picked, line))
            yield line

    def picked(self, line: Line) -> dict[str, Value]:
        """The inputs on a line.

        Raises:
            DataError: it has another number of cells than the header, or an empty one.
        """
        cells, place = line.text.split("\t"), f"input:{line.number}"
        if len(cells) != len(self.names):
            raise DataError(
                f"{place}: {len(cells)} column(s) found, {len(self.names)} expected as in the "
                "header"
            )
        return self.pick(dict(zip(self.names, cells, strict=True)), place)

    def head(self) -> str:
        """The header with two columns more."""
        return "\t".join([*self.names, self.name, "error"])

    def write(self, line: Line, output: Any) -> str:
        """The row with its prediction and its error, one of which is empty."""
        cells = (line.text.split("\t") + [""] * len(self.names))[: len(self.names)]
        found = ["", line.error] if line.error is not None else [shown(output), ""]
        return "\t".join(
            [*cells, *(cell.replace("\t", "\\t") for cell in found if cell is not None)]
        )


class JsonLines(Form):
    """A JSON object on a line."""

    def read(self, lines: Iterable[bytes]) -> Iterator[Line]:
        """The objects."""
        for line in numbered(lines):
            line.settle(partial(self.picked, line))
            yield line

    def picked(self, line: Line) -> dict[str, Value]:
        """The inputs on a line.

        Raises:
            DataError: it holds no object, or one without an input.
        """
        place = f"input:{line.number}"
        line.row = json_row(line.text, place)
        return self.pick(json.loads(line.text, parse_int=str, parse_float=str), place)

    def write(self, line: Line, output: Any) -> str:
        """The object with its prediction or its error."""
        found = {"error": line.error} if line.error is not None else {self.name: output}
        return json_line({**line.row, **found})


FORMS: dict[str, type[Form]] = {"text": Text, "tsv": Table, "jsonl": JsonLines}


def make_form(name: str, columns: Columns, prediction: str = "prediction") -> Form:
    """A form by name.

    Raises:
        UsageError: there is none of that name.
    """
    if name not in FORMS:
        raise UsageError(
            f"--format {name}: there is no such form;{nearest(name, FORMS)} The forms are "
            f"{', '.join(FORMS)}"
        )
    return FORMS[name](columns, prediction)


def json_row(text: str, place: str) -> dict[str, Any]:
    """The object on a line.

    Raises:
        DataError: there is none.
    """
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", str(error))
        raise DataError(f"{place}: not valid JSON ({reason}); write one object a line") from None
    if not isinstance(row, dict):
        raise DataError(f"{place}: no JSON object; write one a line")
    return row


def shown(output: Any) -> str:
    """A prediction on one line."""
    text = as_text(output) if isinstance(output, (str, list)) else json_line(output)
    return text.replace("\n", "\\n")


def json_line(value: Any) -> str:
    """A value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False)
