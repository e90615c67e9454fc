"""The share of the variance that predictions explain."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from seqtasks.metrics.sums import SumMetric


class ExplainedShare(SumMetric):
    """R²: 1 less the squared error over the squared error of the mean of all targets.

    torchmetrics' ``R2Score`` refuses a single target, and gives 0 or 1 where all targets are equal
    or lie within about 0.01 of each other.

    Args:
        origin: a number near the targets, so that no digits are lost where targets are large.
        options: what torchmetrics' `Metric` takes.

    Attributes:
        sums: (4,) float64: the squared errors; the targets less the origin, and their squares; the
            number of targets.

    >>> metric = ExplainedShare()
    >>> metric.update(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0]))
    >>> metric.compute().item()
    0.5
    """

    def __init__(self, origin: float = 0.0, **options: Any) -> None:
        super().__init__(4, torch.float64, **options)
        self.origin = origin

    def update(self, guesses: Tensor, targets: Tensor) -> None:
        """Add a batch, (batch,) each."""
        apart = targets.double() - self.origin
        errors = guesses.double() - targets.double()
        parts = errors.square(), apart, apart.square(), torch.ones_like(apart)
        self.sums = self.sums + torch.stack([part.sum() for part in parts])

    def score(self, *sums: float) -> float:
        """R², at most 1; NaN where the targets do not vary."""
        error, total, squares, count = sums
        variance = squares - total**2 / max(count, 1)
        defined = count > 1 and variance > 1e-12 * squares
        return 1 - error / variance if defined else math.nan
