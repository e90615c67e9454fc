"""Spans in sequences of labels, and the F1 of finding them, as conlleval counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric

from seqtasks.errors import UsageError
from seqtasks.metrics.checks import scalar

Span = tuple[str, int, int]
"""The type of a span, the place of its first label and that of its last."""


def is_span_scheme(labels: Iterable[str]) -> bool:
    """Whether a set of labels is BIO (IOB2) or BIOES.

    It is if each label is ``O`` or one of ``B- I- E- S-`` before a type, and one of them starts or
    continues a span.

    >>> is_span_scheme(["O", "B-PER", "I-PER"]), is_span_scheme(["O"]), is_span_scheme(["NN", "O"])
    (True, False, False)
    """
    found = set(labels)
    typed = {label for label in found if label[:2] in ("B-", "I-", "E-", "S-") and len(label) > 2}
    return found - typed <= {"O"} and any(label[0] in "BIS" for label in typed)


def _parts(label: str) -> tuple[str, str]:
    """A label's mark (B, I, E, S, or O for all else) and its type, ``_`` if it has none."""
    if label[:1] in ("B", "I", "E", "S") and label[1:2] in ("", "-"):
        return label[0], label[2:] or "_"
    return "O", "_"


def spans(labels: Sequence[str]) -> set[Span]:
    """The spans of one sequence in BIO or BIOES, well-formed or not.

    A label goes on with the span before it if it is an I or E of the same type right after a B or
    I; every other label but O starts a span, even an I after O. This is what ``conlleval`` (Tjong
    Kim Sang and Buchholz 2000, the CoNLL-2000 shared task) and seqeval's default mode do. Labels
    outside the scheme count as O.

    Args:
        labels: One label a token.

    Returns:
        (type, first, last) of each span; both places belong to it.

    >>> sorted(spans(["B-PER", "I-PER", "O", "I-LOC", "S-ORG"]))
    [('LOC', 3, 3), ('ORG', 4, 4), ('PER', 0, 1)]
    """
    found: set[Span] = set()
    start = 0
    before, kind = "O", "_"
    for place, label in enumerate([*labels, "O"]):
        mark, new_kind = _parts(label)
        goes_on = mark in ("I", "E") and before in ("B", "I") and new_kind == kind
        if not goes_on:
            if before != "O":
                found.add((kind, start, place - 1))
            start = place
        before, kind = mark, new_kind
    return found


def span_counts(
    predicted: Sequence[Sequence[str]], expected: Sequence[Sequence[str]]
) -> tuple[int, int, int]:
    """Counts the spans of a list of sequences.

    Args:
        predicted: The labels of each sequence that a model gives.
        expected: The labels that each should have.

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
    given = [spans(labels) for labels in predicted]
    wanted = [spans(labels) for labels in expected]
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

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("correct", "predicted", "expected"):
            self.add_state(name, torch.zeros((), dtype=torch.int64), dist_reduce_fx="sum")

    def update(self, predicted: Sequence[Sequence[str]], expected: Sequence[Sequence[str]]) -> None:
        """Adds a batch of sequences of labels; see `span_counts`."""
        correct, given, wanted = span_counts(predicted, expected)
        self.correct = self.correct + correct
        self.predicted = self.predicted + given
        self.expected = self.expected + wanted

    def compute(self) -> Tensor:
        """The micro F1, shape (), float64, from 0 to 1."""
        counts = int(self.correct), int(self.predicted), int(self.expected)
        return scalar(precision_recall_f1(*counts)[2], self.device)
