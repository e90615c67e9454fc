"""Scores of a whole data set that follow from sums over its examples."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric


class SumMetric(Metric):
    """A score of sums; a subclass adds a batch to the sums by `update`.

    Args:
        size: how many sums there are.
        dtype: of the sums.
        options: what torchmetrics' `Metric` takes.

    Attributes:
        sums: (size,) over all examples.
    """

    full_state_update = False
    is_differentiable = False
    higher_is_better: bool | None = True
    sums: Tensor

    def __init__(self, size: int, dtype: torch.dtype = torch.int64, **options: Any) -> None:
        super().__init__(**options)
        self.add_state("sums", torch.zeros(size, dtype=dtype), dist_reduce_fx="sum")

    def compute(self) -> Tensor:
        """The `score`, shape (), float64; on the CPU where the device has no float64 (MPS)."""
        home = "cpu" if self.device.type == "mps" else self.device
        return torch.tensor(self.score(*self.sums.tolist()), dtype=torch.float64, device=home)

    def score(self, *sums: float) -> float:
        """What follows from the sums; NaN where there is nothing to divide by."""
        raise NotImplementedError
