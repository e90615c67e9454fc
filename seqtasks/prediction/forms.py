"""The forms of a file that is predicted on, and of the file of its predictions."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqtasks.data.fields.columns import Column, distinct
from seqtasks.data.raw_inputs import as_inputs, as_text
from seqtasks.data.readers.json_lines import non_empty_value
from seqtasks.data.record import Value
from seqtasks.errors import DataError, UsageError, check_choice, nearest
from seqtasks.prediction.line import Line, bare, numbered
from seqtasks.prediction.model import Model

InputColumns = Mapping[str, Column]
"""Each input of a task and the column, or the columns, that hold it."""


@dataclass
class RecordForm(ABC):
    """Reads a record from each line, and writes a line for each prediction.

    Attributes:
        columns: where the inputs are found.
        name: of the column that holds the predictions.
    """

    columns: InputColumns
    name: str = "prediction"

    def read(self, lines: Iterable[bytes]) -> Iterator[Line]:
        """The records of a file, one a line; a bad one is an error."""
        return numbered(lines, self.inputs)

    @abstractmethod
    def inputs(self, line: Line) -> dict[str, Value]:
        """The inputs on a line."""

    @abstractmethod
    def write(self, line: Line, output: Any, error: DataError | None) -> str:
        """A line of the output: the output in its form, or the error for which there is none."""

    def head(self) -> str | None:
        """The header of the output, once the first record has been read; None for no header."""
        return None

    def pick(self, row: Mapping[str, Any], place: str) -> dict[str, Value]:
        """The inputs out of a row with named columns."""
        return {name: cell(row, column, place) for name, column in self.columns.items()}


class TextForm(RecordForm):
    """A raw text on a line, or several inputs with tabs between them or as a JSON object."""

    def inputs(self, line: Line) -> dict[str, Value]:
        return as_inputs(line.text, list(self.columns), line.place)

    def write(self, line: Line, output: Any, error: DataError | None) -> str:
        if error is None:
            return shown_output(output)
        return json_line({"error": str(error)}) if isinstance(output, dict) else f"error: {error}"


class TableForm(RecordForm):
    """Tab-separated cells under a header; quotes are plain characters."""

    names: Sequence[str] = ()

    def read(self, lines: Iterable[bytes]) -> Iterator[Line]:
        """The rows below the header."""
        rows = iter(lines)
        header = next(rows, None)
        if header is None:
            return
        names = bare(header).decode(errors="replace").split("\t")
        self.names = [name.strip() for name in names]
        self.pick(dict.fromkeys(self.names, "x"), "input:1")
        added = {self.name, "error"} & {*self.names}
        if added or len({*self.names}) < len(self.names):
            raise DataError(
                f"the columns are {', '.join(self.names)}; each needs a name of its own, and "
                f"{self.name!r} and 'error' are added; another name can take the place of the "
                "first",
                where="input:1",
            )
        yield from numbered(rows, self.inputs, start=2)

    def inputs(self, line: Line) -> dict[str, Value]:
        cells = line.text.split("\t")
        if len(cells) != len(self.names):
            raise DataError(
                f"{len(cells)} column(s) found, {len(self.names)} expected as in the header",
                where=line.place,
            )
        return self.pick(dict(zip(self.names, cells, strict=True)), line.place)

    def head(self) -> str:
        return "\t".join([*self.names, self.name, "error"])

    def write(self, line: Line, output: Any, error: DataError | None) -> str:
        cells = (line.text.split("\t") + [""] * len(self.names))[: len(self.names)]
        found = [shown_output(output), ""] if error is None else ["", str(error)]
        return "\t".join([*cells, *(text.replace("\t", "\\t") for text in found)])


class JsonLinesForm(RecordForm):
    """A JSON object on a line."""

    def inputs(self, line: Line) -> dict[str, Value]:
        line.row = json_row(line.text, line.place)
        return self.pick(json.loads(line.text, parse_int=str, parse_float=str), line.place)

    def write(self, line: Line, output: Any, error: DataError | None) -> str:
        found = {self.name: output} if error is None else {"error": str(error)}
        return json_line({**line.row, **found})


FORMS: dict[str, type[RecordForm]] = {"text": TextForm, "tsv": TableForm, "jsonl": JsonLinesForm}


def make_form(name: str, columns: InputColumns, prediction: str = "prediction") -> RecordForm:
    """A form by name (UsageError: there is no such form)."""
    return FORMS[check_choice("format", name, FORMS)](columns, prediction)


def find_columns(model: Model, given: Sequence[str]) -> InputColumns:
    """The column of each input: one of those given as ``INPUT=NAME``, else as in training."""
    inputs = model.task.inputs
    found: dict[str, Any] = {}
    for name in inputs:
        column = model.fields[name].column
        found[name] = name if column is None or isinstance(column, int) else column
    for option in given:
        name, equals, column = option.partition("=")
        if name not in inputs or not equals:
            raise UsageError(
                f"{option!r} is not written INPUT=NAME; this model's inputs are "
                f"{', '.join(inputs)}",
                option="column",
            )
        found[name] = column
    return found


def cell(row: Mapping[str, Any], column: Column, place: str) -> Value:
    """The value of a column; of several columns their texts with tabs between them."""
    if isinstance(column, list):
        texts = [as_text(cell(row, one, place)) for one in distinct(column)]
        return "\t".join(text.replace("\t", " ") for text in texts)
    name = str(column)
    if name not in row:
        raise DataError(
            f"no column {name!r};{nearest(name, list(row))} There are "
            f"{', '.join(map(repr, row)) or 'none'}; give another column for the input",
            where=place,
        )
    return non_empty_value(place, name, row[name])


def json_row(text: str, place: str) -> dict[str, Any]:
    """The object on a line."""
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", str(error))
        raise DataError(
            f"not valid JSON ({reason}); write one object a line", where=place
        ) from None
    if not isinstance(row, dict):
        raise DataError("no JSON object; write one a line", where=place)
    return row


def shown_output(output: Any) -> str:
    """A prediction on one line."""
    text = as_text(output) if isinstance(output, (str, list)) else json_line(output)
    return text.replace("\n", "\\n")


def json_line(value: Any) -> str:
    """A value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False)
