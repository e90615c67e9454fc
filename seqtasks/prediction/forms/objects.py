"""A JSON object on a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from seqtasks.data.record import Value
from seqtasks.errors import DataError
from seqtasks.prediction.answer import Prediction
from seqtasks.prediction.forms.record_form import InputColumns, InputForm, OutputForm
from seqtasks.prediction.line import Line, line_at
from seqtasks.prediction.source_lines import SourceLines, check_decoded


class ObjectInput(InputForm):
    """A JSON object on a line; blank lines are passed over."""

    def __init__(self, columns: InputColumns) -> None:
        super().__init__(
            {name: None if isinstance(one, int) else one for name, one in columns.items()}
        )

    def read(self, source: SourceLines) -> Iterator[Line]:
        for number, text in source:
            if not text.strip():
                continue
            line = line_at(number)
            yield line.read(partial(self.inputs, line, text))

    def inputs(self, line: Line, text: str) -> dict[str, Value]:
        """The inputs in an object, whose numbers are texts."""
        check_decoded(text, line.place)
        line.row = json_row(text, line.place)
        return self.pick(json.loads(text, parse_int=str, parse_float=str), line.place)


class ObjectOutput(OutputForm):
    """The person's own object with the prediction, or with an ``error``."""

    def refusal(self, line: Line, found: Prediction) -> DataError | None:
        taken = [name for name in self.layout.members(found) if name in line.row]
        if not taken:
            return None
        return DataError(
            f"the object has a {taken[0]!r} of its own; give what is predicted another name",
            where=line.place,
        )

    def write(self, line: Line, found: Prediction, error: DataError | None) -> str:
        added = {"error": str(error)} if error else self.layout.members(found)
        return json_line({**line.row, **added})


def json_line(value: Any) -> str:
    r"""A value as JSON on one line, in which half a character stays escaped.

    >>> json_line("caf\xe9"), json_line("\ud800")
    ('"café"', '"\\ud800"')
    """
    text = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if any("\ud800" <= mark <= "\udfff" for mark in text) else text


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
