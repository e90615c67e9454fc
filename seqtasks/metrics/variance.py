"""The share of the variance that predictions explain."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric

from seqtasks.metrics.checks import scalar


class ExplainedShare(Metric):
    """R²: 1 less the squared error over that of the mean of all targets.

    Args:
        origin: a number near the targets, so that nothing is lost where they are large.

    >>> metric = ExplainedShare()
    >>> metric.update(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0]))
    >>> metric.compute().item()
    0.5
    """

    full_state_update = False
    is_differentiable = False
    higher_is_better = True
    error: Tensor
    total: Tensor
    squares: Tensor
    count: Tensor

    def __init__(self, origin: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.origin = origin
        for name in ("error", "total", "squares"):
            self.add_state(name, torch.zeros((), dtype=torch.float64), dist_reduce_fx="sum")
        self.add_state("count", torch.zeros((), dtype=torch.int64), dist_reduce_fx="sum")

    def update(self, guesses: Tensor, targets: Tensor) -> None:
        """Adds a batch, (batch,) each."""
        apart = targets.double() - self.origin
        self.error = self.error + (guesses.double() - targets.double()).square().sum()
        self.total = self.total + apart.sum()
        self.squares = self.squares + apart.square().sum()
        self.count = self.count + targets.numel()

    def compute(self) -> Tensor:
        """R², shape (), float64, at most 1; NaN where the targets do not vary."""
        count = max(int(self.count), 1)
        variance = float(self.squares) - float(self.total) ** 2 / count
        defined = int(self.count) > 1 and variance > 1e-12 * float(self.squares)
        share = 1 - float(self.error) / variance if defined else math.nan
        return scalar(share, self.device)
