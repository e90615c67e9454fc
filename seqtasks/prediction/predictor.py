"""The predictions of a model, or of several together, for some records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from seqtasks.bundle import Bundle
from seqtasks.data.record import Value
from seqtasks.errors import DataError
from seqtasks.prediction.line import Line
from seqtasks.prediction.n_best import Answer, answers, searches


class Output(NamedTuple):
    """What is predicted for a record.

    Attributes:
        value: a text, a list of labels, or what JSON takes; empty where the record is.
        cut: how many of its texts end at their greatest length.
    """

    value: Any
    cut: int = 0


@dataclass
class Predictor:
    """Predicts for some records at a time, and marks those that it cannot.

    Attributes:
        bundles: the model, or several that choose every token together.
        scores: give the probabilities of the labels.
        n_best: so many outputs with their scores; None for the best alone.
        batch_size: records that are run together; it changes no output.
    """

    bundles: Sequence[Bundle]
    scores: bool = False
    n_best: int | None = None
    batch_size: int = 32

    @property
    def structured(self) -> bool:
        """Whether outputs are objects and no texts."""
        return self.scores or self.n_best is not None

    def __call__(
        self, lines: Sequence[Line], prefixes: Sequence[str] | None = None
    ) -> list[Output]:
        """One output for each record, in order; records that do not fit are given their error.

        Args:
            lines: consecutive records.
            prefixes: what each output begins with.
        """
        try:
            return self.predict(lines, prefixes)
        except DataError:
            pass  # of one or more of them: find out which
        for line in lines:
            line.settle(partial(self.checked, line))
        return self.predict(lines, prefixes)

    def checked(self, line: Line) -> str | dict[str, Value]:
        """The value of a record.

        Raises:
            DataError: a model cannot read it.
        """
        for bundle in self.bundles:
            bundle.read([line.value], line.number)
        return line.value

    def predict(self, lines: Sequence[Line], prefixes: Sequence[str] | None) -> list[Output]:
        """One output for each record."""
        values, first = [line.value for line in lines], lines[0].number
        bundle = self.bundles[0]
        asked = self.n_best or len(self.bundles) > 1 or prefixes is not None
        if self.scores or not (asked or searches(bundle)):
            found = bundle.predict(values, self.batch_size, first, self.scores)
            return [Output(value or ({} if self.structured else "")) for value in found]
        best = answers(
            self.bundles,
            values,
            count=self.n_best or 1,
            batch_size=self.batch_size,
            first=first,
            prefixes=prefixes,
        )
        return [Output(self.shape(some), sum(not one.ended for one in some)) for some in best]

    def shape(self, some: Sequence[Answer]) -> Any:
        """The answers to one record as they are written."""
        if self.n_best:
            return {"best": [answer.as_dict() for answer in some]}
        return some[0].value if some else ""
