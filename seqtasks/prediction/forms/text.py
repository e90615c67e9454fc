"""A raw text on a line; a prediction on a line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from seqtasks.data.raw_inputs import as_inputs
from seqtasks.data.record import Value
from seqtasks.errors import DataError
from seqtasks.prediction.answer import Prediction
from seqtasks.prediction.forms.objects import json_line
from seqtasks.prediction.forms.record_form import InputForm, OutputForm
from seqtasks.prediction.line import Line, line_at
from seqtasks.prediction.source_lines import SourceLines, check_decoded, printable


class TextInput(InputForm):
    """A raw text on a line, or several inputs with tabs between them or as a JSON object."""

    def read(self, source: SourceLines) -> Iterator[Line]:
        self.names = list(self.columns)
        for number, text in source:
            line = line_at(number, {self.names[0]: printable(text)}).read(
                partial(self.inputs, source, number, text)
            )
            if not isinstance(line.record, DataError) and line.record.values:
                line.row = dict(line.record.values)
            yield line

    def inputs(self, source: SourceLines, number: int, text: str) -> dict[str, Value]:
        """The inputs on a line; none on an empty one."""
        check_decoded(text, source.place(number))
        return as_inputs(text, list(self.columns), source.place(number))


class TextOutput(OutputForm):
    """The prediction on a line, or with all that is asked of it as a JSON object."""

    def write(self, line: Line, found: Prediction, error: DataError | None) -> str:
        if self.layout.alone:
            text = f"error: {error}" if error else self.layout.text(found.value)
            return text.replace("\n", "\\n").replace("\r", "\\r")
        members = {"error": str(error)} if error else self.layout.members(found)
        return json_line(members)
