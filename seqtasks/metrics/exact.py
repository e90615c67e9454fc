"""The fraction of texts that are right from end to end, and of those that are not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from seqtasks.metrics.checks import References, check_pairs, scalar
from seqtasks.metrics.text import TextMetric


def count_exact(hypotheses: Sequence[str], references: References) -> int:
    """How many hypotheses equal a reference of theirs, character by character.

    Raises:
        UsageError: The lists differ in length, or a text has no reference.

    >>> count_exact(["a b", "c", "d"], ["a b", "C", ["D", "d"]])
    2
    """
    rows = check_pairs(hypotheses, references)
    return sum(given in wanted for given, wanted in zip(hypotheses, rows, strict=True))


class ExactMatch(TextMetric):
    """The fraction of texts of a whole data set that equal one of their references.

    >>> metric = ExactMatch()
    >>> metric.update(["a b", "c"], ["a b", "C"])
    >>> metric.update(["d", "e"], ["d", ["E", "e"]])
    >>> metric.compute().item()
    0.75
    """

    graded = False
    counts: Tensor

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.add_state("counts", torch.zeros(2, dtype=torch.int64), dist_reduce_fx="sum")

    def add(self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> None:
        """Adds the texts that are right, and all."""
        self.count("counts", [count_exact(hypotheses, references), len(hypotheses)])

    def compute(self) -> Tensor:
        """The fraction, shape (), float64, from 0 to 1; NaN before any text."""
        right, total = self.counts.tolist()
        return scalar(right / total if total else float("nan"), self.device)


class SequenceErrorRate(ExactMatch):
    """The fraction of texts that equal none of their references.

    Where every text is the pronunciation of a word, the literature calls this fraction the word
    error rate (Yao and Zweig 2015, section 3). The word error rate of speech recognition is
    another score: `SymbolErrorRate` of a text whose symbols are words.

    >>> metric = SequenceErrorRate()
    >>> metric.update(["K AE T", "AH"], [["K AA T", "K AE T"], ["EY"]])
    >>> metric.compute().item()
    0.5
    """

    higher_is_better = False

    def compute(self) -> Tensor:
        """The fraction, shape (), float64, from 0 to 1; NaN before any text."""
        right, total = self.counts.tolist()
        return scalar((total - right) / total if total else float("nan"), self.device)
