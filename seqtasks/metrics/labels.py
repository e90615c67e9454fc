"""Scores of labels, some of which training never shows: these are wrong whatever is predicted.

A label that training never shows has a number behind those of the known labels and is never
predicted. The scores are scikit-learn's on the labels' names.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torchmetrics.classification import MultilabelF1Score
from torchmetrics.regression import MeanAbsoluteError

from seqtasks.metrics.sums import SumMetric


class LabelAccuracy(SumMetric):
    """The share of labels that are right, of however many kinds they are.

    >>> metric = LabelAccuracy()
    >>> metric.update(torch.tensor([0, 1, 1]), torch.tensor([0, 1, 7]))
    >>> round(metric.compute().item(), 4)
    0.6667
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(2, **options)

    def update(self, predicted: Tensor, expected: Tensor) -> None:
        """Add labels by number; both are of one shape."""
        right = (predicted == expected).sum()
        self.sums = self.sums + torch.stack([right, torch.full_like(right, expected.numel())])

    def compute(self) -> Tensor:
        """The share, shape (), float32; 0 where there is no label."""
        return super().compute().float()

    def score(self, *sums: float) -> float:
        right, count = sums
        return right / count if count else 0.0


class LabelSetF1(MultilabelF1Score):
    """F1 of each label's decisions, averaged over the labels.

    The average is over all known labels, and over those of the others that occur.

    Args:
        known: labels of the training data.
        unseen: labels that training never shows.
        options: what torchmetrics' `Metric` takes.

    >>> metric = LabelSetF1(1, unseen=2)
    >>> metric.update(torch.tensor([[1, 0, 0]]), torch.tensor([[1, 1, 0]]))
    >>> metric.compute().item()
    0.5
    """

    def __init__(self, known: int, unseen: int = 0, **options: Any) -> None:
        super().__init__(known + unseen, average="macro", **options)
        self.known = known

    def compute(self) -> Tensor:
        """The mean F1, shape (), float32."""
        hits, _, _, misses = self._final_state()
        occurring = self.known + int((hits + misses)[self.known :].bool().sum())
        return super().compute() * (len(hits) / occurring)


class RankError(MeanAbsoluteError):
    """How many ranks a label is away from the right one, on average.

    A right label that training never shows has no rank: any answer counts as the whole length of
    the order away from it.

    Args:
        ranks: labels in the order.
        options: what torchmetrics' `Metric` takes.

    >>> metric = RankError(5)
    >>> metric.update(torch.tensor([2, 2]), torch.tensor([3, 5]))
    >>> metric.compute().item()
    2.5
    """

    def __init__(self, ranks: int, **options: Any) -> None:
        super().__init__(**options)
        self.ranks = ranks

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Add labels by rank, (batch,)."""
        super().update(preds, torch.where(target < self.ranks, target, preds + self.ranks - 1))
