"""Spans in sequences of labels, and the F1 of finding them, as conlleval counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from seqtasks.errors import UsageError
from seqtasks.metrics.sums import SumMetric
from seqtasks.schemes import Span, find_scheme


def spans(labels: Sequence[str], scheme: str = "BIOES", *, strict: bool = False) -> set[Span]:
    """The spans of one sequence, well-formed or not, as ``conlleval`` and seqeval read them.

    Labels outside the scheme count as O. See `Scheme.read`.

    Args:
        labels: one label a token.
        scheme: a name in `SCHEMES`. As BIOES is read, well-formed BIO and IOB1 are read too.
        strict: only the spans that the scheme allows, as in seqeval's strict mode.

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
    """How many spans of some sequences are in both, how many are predicted, how many expected.

    Args:
        predicted: the labels of each sequence that a model gives.
        expected: the labels that each should have.
        scheme: as in `spans`.
        strict: as in `spans`.

    Raises:
        UsageError: the numbers of sequences or of their labels differ.

    >>> span_counts([["B-X", "O", "B-X"]], [["B-X", "I-X", "B-X"]])
    (1, 2, 2)
    """
    lengths = [[len(labels) for labels in rows] for rows in (predicted, expected)]
    if lengths[0] != lengths[1]:
        raise UsageError(
            f"{len(predicted)} predicted and {len(expected)} expected sequences with "
            f"{sum(lengths[0])} and {sum(lengths[1])} labels are given; expected equal lengths"
        )
    # Spans of all sequences, each with the number of its own.
    given, wanted = (
        {(at, *span) for at, row in enumerate(rows) for span in spans(row, scheme, strict=strict)}
        for rows in (predicted, expected)
    )
    return len(given & wanted), len(given), len(wanted)


def precision_recall_f1(
    correct: float, predicted: float, expected: float
) -> tuple[float, float, float]:
    """Precision, recall and F1 from counts; 0 where there is nothing to divide by.

    >>> precision_recall_f1(1, 2, 4)
    (0.5, 0.25, 0.3333333333333333)
    """
    precision = correct / predicted if predicted else 0.0
    recall = correct / expected if expected else 0.0
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


class SpanF1(SumMetric):
    """Micro F1 over the spans of a whole data set, equal to seqeval's ``f1_score``.

    Args:
        scheme: how labels are read, as in `spans`.
        strict: count only the spans that the scheme allows, as in `spans`.
        options: what torchmetrics' `Metric` takes.

    Raises:
        UsageError: there is no such scheme.

    >>> metric = SpanF1()
    >>> metric.update([["B-PER", "I-PER", "O"]], [["B-PER", "I-PER", "O"]])
    >>> metric.update([["O", "B-LOC"]], [["B-LOC", "I-LOC"]])
    >>> metric.compute().item()
    0.5
    """

    def __init__(self, scheme: str = "BIOES", *, strict: bool = False, **options: Any) -> None:
        super().__init__(3, **options)
        self.scheme, self.strict = find_scheme(scheme).name, strict

    def update(self, predicted: Sequence[Sequence[str]], expected: Sequence[Sequence[str]]) -> None:
        """Add a batch of sequences of labels; see `span_counts`."""
        found = span_counts(predicted, expected, self.scheme, strict=self.strict)
        self.sums = self.sums + torch.tensor(found, device=self.device)

    def score(self, *sums: float) -> float:
        """The micro F1, from 0 to 1; 0 where there is no span."""
        return precision_recall_f1(*sums)[2]
