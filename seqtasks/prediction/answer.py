"""What a model says of a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from seqtasks.decoding.hypotheses import Hypothesis


class Answer(NamedTuple):
    """One output of a model.

    Attributes:
        value: a label or a text, or a list of labels.
        score: outputs of a search are ranked by it; None where nothing is ranked.
        log_prob: of the whole output, in nats; None where it is not computed.
        ended: False where the output was cut at its greatest length.
    """

    value: str | list[str]
    score: float | None = None
    log_prob: float | None = None
    ended: bool = True

    @classmethod
    def of(cls, value: str | list[str], found: Hypothesis) -> Answer:
        """The value that a hypothesis spells, with the scores of the hypothesis."""
        return cls(value, found.score, found.log_prob, found.ended)

    def as_dict(self) -> dict[str, Any]:
        """The answer as JSON takes it.

        >>> Answer(["DET", "NOUN"], -0.5, -0.5).as_dict()
        {'labels': ['DET', 'NOUN'], 'score': -0.5, 'log_prob': -0.5, 'ended': True}
        """
        kind = "text" if isinstance(self.value, str) else "labels"
        return {kind: self.value, **dict(zip(self._fields[1:], self[1:], strict=True))}


@dataclass(frozen=True)
class Prediction:
    """Everything that a model says of one record; of an empty record nothing.

    Attributes:
        answers: the outputs, best first.
        probabilities: label → probability; of a tagger its ``labels`` and their ``confidences``;
            None where they are not asked for.
    """

    answers: Sequence[Answer] = ()
    probabilities: Mapping[str, Any] | None = None

    @property
    def value(self) -> str | list[str]:
        """The best output; an empty text of an empty record."""
        return self.answers[0].value if self.answers else ""

    def given(self, scores: bool, n_best: bool) -> Any:
        """What Python is given of it: the value, the probabilities or the answers; or None."""
        if not self.answers:
            return None
        if scores:
            return self.probabilities
        return list(self.answers) if n_best else self.value
