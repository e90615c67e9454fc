"""Spans in sequences of labels, and the F1 of finding them, as conlleval counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric

from seqtasks.errors import UsageError
from seqtasks.metrics.checks import scalar
from seqtasks.schemes import Span, find_scheme, scheme_of


def is_span_scheme(labels: Iterable[str]) -> bool:
    """Whether a set of labels spells spans; see `scheme_of`.

    >>> is_span_scheme(["O", "B-PER", "I-PER"]), is_span_scheme(["O"]), is_span_scheme(["NN", "O"])
    (True, False, False)
    """
    return scheme_of(labels) is not None


def spans(labels: Sequence[str], scheme: str = "BIOES", *, strict: bool = False) -> set[Span]:
    """The spans of one sequence, well-formed or not, as ``conlleval`` and seqeval read them.

    Labels outside the scheme count as O. See `Scheme.read`.

    Args:
        labels: One label a token.
        scheme: A name in `SCHEMES`. As BIOES is read, well-formed BIO and IOB1 are read too.
        strict: Only the spans that the scheme allows, as in seqeval's strict mode.

    Returns:
        (type, first, last) of each span; both places belong to it. The type is ``_`` where the
        labels have none.

    >>> sorted(spans(["B-PER", "I-PER", "O", "I-LOC", "S-ORG"]))
    [('LOC', 3, 3), ('ORG', 4, 4), ('PER', 0, 1)]
    >>> sorted(spans(["B-PER", "E-PER", "O", "I-LOC", "S-ORG"], strict=True))
    [('ORG', 4, 4), ('PER', 0, 1)]
    """
    rules = find_scheme(scheme)
    found = rules.read(map(rules.parts, labels), strict=strict)
    return {(kind or "_", first, last) for kind, first, last in found}


def span_counts(
    predicted: Sequence[Sequence[str]],
    expected: Sequence[Sequence[str]],
    scheme: str = "BIOES",
    *,
    strict: bool = False,
) -> tuple[int, int, int]:
    """Counts the spans of a list of sequences.

    Args:
        predicted: The labels of each sequence that a model gives.
        expected: The labels that each should have.
        scheme: As in `spans`.
        strict: As in `spans`.

    Returns:
        How many spans are in both, how many are predicted, how many are expected.

    Raises:
        UsageError: The numbers of sequences or of their labels differ.

    >>> span_counts([["B-X", "O", "B-X"]], [["B-X", "I-X", "B-X"]])
    (1, 2, 2)
    """
    lengths = [len(labels) for labels in predicted], [len(labels) for labels in expected]
    if lengths[0] != lengths[1]:
        raise UsageError(
            f"{len(predicted)} predicted and {len(expected)} expected sequences with "
            f"{sum(lengths[0])} and {sum(lengths[1])} labels are given; expected equal lengths"
        )
    given = [spans(labels, scheme, strict=strict) for labels in predicted]
    wanted = [spans(labels, scheme, strict=strict) for labels in expected]
    correct = sum(len(one & other) for one, other in zip(given, wanted, strict=True))
    return correct, sum(map(len, given)), sum(map(len, wanted))


def precision_recall_f1(correct: int, predicted: int, expected: int) -> tuple[float, float, float]:
    """Precision, recall and F1 from counts; 0 where there is nothing to divide by.

    >>> precision_recall_f1(1, 2, 4)
    (0.5, 0.25, 0.3333333333333333)
    """
    precision = correct / predicted if predicted else 0.0
    recall = correct / expected if expected else 0.0
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


class SpanF1(Metric):
    """Micro F1 over the spans of a whole data set, equal to seqeval's ``f1_score``.

    The states `correct`, `predicted` and `expected` (int64) are what `precision_recall_f1` takes.

    Args:
        scheme: How labels are read, as in `spans`.
        strict: Count only the spans that the scheme allows, as in `spans`.
        kwargs: Of `torchmetrics.Metric`.

    Raises:
        UsageError: There is no such scheme.

    >>> metric = SpanF1()
    >>> metric.update([["B-PER", "I-PER", "O"]], [["B-PER", "I-PER", "O"]])
    >>> metric.update([["O", "B-LOC"]], [["B-LOC", "I-LOC"]])
    >>> metric.compute().item()
    0.5
    """

    full_state_update = False
    is_differentiable = False
    higher_is_better = True
    correct: Tensor
    predicted: Tensor
    expected: Tensor

    def __init__(self, scheme: str = "BIOES", *, strict: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scheme, self.strict = find_scheme(scheme).name, strict
        for name in ("correct", "predicted", "expected"):
            self.add_state(name, torch.zeros((), dtype=torch.int64), dist_reduce_fx="sum")

    def update(self, predicted: Sequence[Sequence[str]], expected: Sequence[Sequence[str]]) -> None:
        """Adds a batch of sequences of labels; see `span_counts`."""
        counts = span_counts(predicted, expected, self.scheme, strict=self.strict)
        correct, given, wanted = counts
        self.correct = self.correct + correct
        self.predicted = self.predicted + given
        self.expected = self.expected + wanted

    def compute(self) -> Tensor:
        """The micro F1, shape (), float64, from 0 to 1."""
        counts = int(self.correct), int(self.predicted), int(self.expected)
        return scalar(precision_recall_f1(*counts)[2], self.device)
