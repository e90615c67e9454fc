"""The fraction of texts that are right from end to end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric

from seqtasks.metrics.checks import check_pairs, scalar


def count_exact(hypotheses: Sequence[str], references: Sequence[str]) -> int:
    """How many hypotheses equal their references, character by character.

    Raises:
        UsageError: The lists differ in length.

    >>> count_exact(["a b", "c"], ["a b", "C"])
    1
    """
    check_pairs(hypotheses, references)
    return sum(given == wanted for given, wanted in zip(hypotheses, references, strict=True))


class ExactMatch(Metric):
    """The fraction of texts of a whole data set that equal their references.

    >>> metric = ExactMatch()
    >>> metric.update(["a b", "c"], ["a b", "C"])
    >>> metric.update(["d", "e"], ["d", "e"])
    >>> metric.compute().item()
    0.75
    """

    full_state_update = False
    is_differentiable = False
    higher_is_better = True
    equal: Tensor
    total: Tensor

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.add_state("equal", torch.zeros((), dtype=torch.int64), dist_reduce_fx="sum")
        self.add_state("total", torch.zeros((), dtype=torch.int64), dist_reduce_fx="sum")

    def update(self, hypotheses: Sequence[str], references: Sequence[str]) -> None:
        """Adds a batch of texts, one reference for each hypothesis.

        Raises:
            UsageError: The lists differ in length.
        """
        self.equal = self.equal + count_exact(hypotheses, references)
        self.total = self.total + len(hypotheses)

    def compute(self) -> Tensor:
        """The fraction, shape (), float64, from 0 to 1; NaN before any text."""
        equal, total = int(self.equal), int(self.total)
        return scalar(equal / total if total else float("nan"), self.device)
