"""What is written of each prediction, as members of an object or as columns of a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seqtasks.data.fields import LabelSetField, TagField, TokenField
from seqtasks.prediction.answer import Prediction
from seqtasks.prediction.model import Model


@dataclass
class Layout:
    """What is written beside a person's own columns.

    Attributes:
        name: of what is predicted.
        labels: under ``scores``, those whose probabilities are written.
        scores: probabilities are written; of a tagger, those of the labels that it gives.
        n_best: several outputs are written.
        separator: what stands between labels that are written as one text.
    """

    name: str = "prediction"
    labels: Sequence[str] = ()
    scores: bool = False
    n_best: bool = False
    separator: str = " "

    @classmethod
    def of(cls, model: Model, name: str, scores: bool, n_best: bool) -> Layout:
        """What is written of a model's predictions."""
        target = model.fields.get(str(model.task.target))
        whole = scores and target is not None and not isinstance(target, TagField | TokenField)
        labels = target.vocabulary.symbols if whole and target is not None else ()
        separator = target.separator if isinstance(target, LabelSetField) else " "
        return cls(name, labels, scores, n_best, separator)

    @property
    def alone(self) -> bool:
        """Whether nothing but the prediction itself is written."""
        return not (self.scores or self.n_best)

    @property
    def columns(self) -> list[str]:
        """The columns that a table gets."""
        more = [f"p_{label}" for label in self.labels]
        if self.scores and not self.labels:
            more = ["confidences"]
        return [self.name, *more, *(["best"] if self.n_best else []), "error"]

    def members(self, found: Prediction) -> dict[str, Any]:
        """The members that an object gets."""
        members: dict[str, Any] = {self.name: found.value}
        shares = found.probabilities or {}
        if self.scores and self.labels:
            members["scores"] = dict(shares)
        elif self.scores:
            members["confidences"] = shares.get("confidences", [])
        if self.n_best:
            members["best"] = [answer.as_dict() for answer in found.answers]
        return members

    def cells(self, found: Prediction, error: Exception | None) -> list[str]:
        """The cells of the columns."""
        if error is not None:
            return [""] * (len(self.columns) - 1) + [str(error)]
        members = self.members(found)
        shares = members.pop("scores", {})
        cells = [members.pop(self.name), *(shares.get(label, "") for label in self.labels)]
        return [*map(self.text, cells), *map(self.text, members.values()), ""]

    def text(self, value: Any) -> str:
        """A value as one text."""
        if isinstance(value, str):
            return value
        if isinstance(value, list) and not any(isinstance(part, dict) for part in value):
            return self.separator.join(map(str, value))
        return json.dumps(value, ensure_ascii=False)
