"""What is said of a tagger's test beside its scores: types of spans, confused tags, sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric

from seqtasks.metrics.spans import precision_recall_f1, spans
from seqtasks.metrics.sums import SumMetric
from seqtasks.metrics.worst import as_bytes, rows
from seqtasks.schemes import find_scheme

WrongTags = dict[str, Any]
"""``index`` of an example, ``expected`` and ``predicted`` tags, and how many are ``wrong``."""


def span_types(labels: Sequence[str], scheme: str) -> list[str]:
    """The types of the spans that labels spell, sorted; ``_`` where labels have none.

    >>> span_types(["O", "B-PER", "I-PER", "B-LOC"], "BIO")
    ['LOC', 'PER']
    """
    rules = find_scheme(scheme)
    return sorted(
        {rules.parts(label).kind or "_" for label in labels if rules.own(label).mark != "O"}
    )


class SpanCounts(SumMetric):
    """How many spans of each type are rightly predicted, predicted, and expected.

    Args:
        types: of the spans, as `span_types` names them.
        scheme: how labels are read, as in `spans`.
        strict: count only the spans that the scheme allows, as in `spans`.
        options: what torchmetrics' `Metric` takes.

    >>> metric = SpanCounts(["LOC", "PER"], "BIO")
    >>> metric.update([["B-PER", "B-LOC"]], [["B-PER", "B-PER"]])
    >>> metric.compute().tolist()
    [[0, 1, 0], [1, 1, 2]]
    """

    def __init__(
        self, types: Sequence[str], scheme: str, *, strict: bool = False, **options: Any
    ) -> None:
        super().__init__(3 * len(types), **options)
        self.places = {kind: place for place, kind in enumerate(types)}
        self.scheme, self.strict = scheme, strict

    def update(self, predicted: Sequence[Sequence[str]], expected: Sequence[Sequence[str]]) -> None:
        """Add a batch of sequences of labels."""
        counts = torch.zeros(len(self.places), 3, dtype=torch.int64)
        for guesses, labels in zip(predicted, expected, strict=True):
            given, wanted = (
                spans(row, self.scheme, strict=self.strict) for row in (guesses, labels)
            )
            for column, some in enumerate((given & wanted, given, wanted)):
                for kind, _, _ in some:
                    counts[self.places[kind], column] += 1
        self.sums = self.sums + counts.flatten().to(self.device)

    def compute(self) -> Tensor:
        """(types, 3) int64: right, predicted, expected."""
        return self.sums.reshape(-1, 3)


def span_report(types: Sequence[str], counts: Tensor) -> dict[str, Any]:
    """The scores of ``all`` spans together, and of the ``types`` that occur.

    Args:
        types: of the spans.
        counts: (types, 3), as `SpanCounts` gives them.

    Returns:
        Of all and of each type ``precision``, ``recall`` and ``f1`` from 0 to 1, ``support``, the
        spans expected, and ``found``, the spans predicted.

    >>> span_report(["X"], torch.tensor([[1, 1, 2]]))["all"]["recall"]
    0.5
    """
    names = ("precision", "recall", "f1", "support", "found")

    def scores(right: int, predicted: int, expected: int) -> dict[str, float | int]:
        shares = precision_recall_f1(right, predicted, expected)
        return dict(zip(names, (*shares, expected, predicted), strict=True))

    pairs = zip(types, counts.tolist(), strict=True)
    found = {kind: scores(*row) for kind, row in pairs if any(row)}
    return {"all": scores(*counts.sum(0).tolist()), "types": found}


class WorstTags(Metric):
    """Keeps the sequences of which the most tags are wrong; those that are right are left out.

    Args:
        count: how many sequences to keep.
        options: what torchmetrics' `Metric` takes.

    >>> metric = WorstTags(count=1)
    >>> metric.update([4, 2], [["O", "O"], ["O", "X"]], [["O", "X"], ["X", "Y"]])
    >>> [(row["index"], row["wrong"]) for row in rows(metric.compute())]
    [(2, 2)]
    """

    full_state_update = False
    is_differentiable = False
    higher_is_better = None
    kept: list[Tensor] | Tensor

    def __init__(self, count: int = 10, **options: Any) -> None:
        super().__init__(**options)
        self.most = count
        self.add_state("kept", [], dist_reduce_fx="cat")

    def update(
        self,
        indices: Sequence[int],
        predicted: Sequence[Sequence[str]],
        expected: Sequence[Sequence[str]],
    ) -> None:
        """Add a batch of sequences of labels, with the numbers of their examples."""
        found = self.rows()
        for index, guesses, labels in zip(indices, predicted, expected, strict=True):
            wrong = sum(map(str.__ne__, guesses, labels))
            if wrong:
                row = {"index": index, "wrong": wrong, "expected": [*labels]}
                found.append({**row, "predicted": [*guesses]})
        self.kept = [as_bytes(self.worst(found)).to(self.device)]

    def compute(self) -> Tensor:
        """The worst sequences, worst first: what `rows` reads, shape (bytes,), float32."""
        return as_bytes(self.worst(self.rows()))

    def rows(self) -> list[WrongTags]:
        """The rows in the state, which is one tensor once processes have joined theirs."""
        parts = [self.kept] if isinstance(self.kept, Tensor) else self.kept
        return [row for part in parts for row in rows(part)]

    def worst(self, found: Sequence[WrongTags]) -> list[WrongTags]:
        """The worst of some rows, in order; among equals the shorter, then the earlier."""
        unique = {row["index"]: row for row in found}.values()  # a process may repeat an example
        order = sorted(unique, key=lambda row: (-row["wrong"], len(row["expected"]), row["index"]))
        return order[: self.most]
