"""CoNLL with a label in the last column: what a tagger gives of each token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seqtasks.data.record import Record
from seqtasks.errors import DataError, UsageError
from seqtasks.prediction.answer import Prediction
from seqtasks.prediction.forms.record_form import InputForm, OutputForm
from seqtasks.prediction.layout import Layout
from seqtasks.prediction.line import Line
from seqtasks.prediction.model import Model
from seqtasks.prediction.symbols import symbols_of, tag_field

_NO_LABEL = "_"


class SentenceOutput(OutputForm):
    """The lines of a sentence with its labels behind them; or tokens and labels between tabs.

    Comments stay as they are. Lines without a label of their own, those of a sentence that could
    not be used among them, have ``_`` in its place.

    Raises:
        UsageError: the model gives no label for each token of one input, or more is asked for.
    """

    def __init__(self, layout: Layout, given: InputForm, model: Model) -> None:
        super().__init__(layout, given)
        self.field, name = tag_field(model), type(model.task).__name__
        if self.field is None:
            raise UsageError(
                f"conll is for taggers of one text, and this {name} is none; take another",
                option="output_format",
            )
        if layout.n_best:
            raise UsageError(
                "conll has one label for each token; leave it out, or take jsonl", option="n_best"
            )
        self.tokens: Any = model.fields[self.field.along]
        self.unlabelled = [_NO_LABEL] * (1 + layout.scores)

    def write(self, line: Line, found: Prediction, error: DataError | None) -> str:
        rows = [] if error else self.rows(found)
        lines = [f"# error: {error}"] if error else []
        if line.lines:
            left = iter(rows)
            for one in line.lines:
                columns = next(left, self.unlabelled) if one.is_token else self.unlabelled
                gap = " " if " " in one.text and "\t" not in one.text else "\t"
                lines.append(gap.join([one.text, *columns]) if one.has_columns else one.text)
        elif isinstance(line.record, Record) and line.record.values:
            value = line.record.values[self.tokens.name]
            bounds = self.tokens.bos + self.tokens.eos
            tokens = symbols_of(self.tokens, value, len(rows) + bounds)
            tokens = tokens[self.tokens.bos : len(tokens) - self.tokens.eos]
            lines += ["\t".join(cells) for cells in zip_columns(tokens, rows)]
        return "\n".join([*lines, ""])

    def rows(self, found: Prediction) -> list[list[str]]:
        """The columns of each token."""
        labels = [[label] for label in found.value]
        if not self.layout.scores:
            return labels
        shares = self.layout.members(found)["confidences"]
        return [[*label, str(share)] for label, share in zip(labels, shares, strict=True)]


def zip_columns(tokens: Sequence[str], rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Each token before its own columns; white space in a token becomes one space."""
    return [
        [" ".join(token.split()) or token, *row] for token, row in zip(tokens, rows, strict=True)
    ]
