"""Dropout that may keep one mask over time."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class SequenceDropout(nn.Module):
    """Dropout on (batch, time, features).

    Args:
        rate: probability of zeroing a value; the rest is scaled by 1 / (1 - rate).
        variational: draw one mask for each sequence and keep it at every step (Gal and
            Ghahramani 2016, section 4; "locked dropout" in Merity et al. 2018).
    """

    def __init__(self, rate: float, variational: bool = False) -> None:
        super().__init__()
        self.rate, self.variational = rate, variational

    def forward(self, inputs: Tensor) -> Tensor:
        """Same shape as the inputs; the identity when evaluating."""
        if not self.training or self.rate == 0.0:
            return inputs
        if not self.variational:
            return functional.dropout(inputs, self.rate)
        keep = torch.full_like(inputs[:, :1], 1 - self.rate)
        return inputs * (torch.bernoulli(keep) / (1 - self.rate))

    def extra_repr(self) -> str:
        """Options, for printing."""
        return f"rate={self.rate}, variational={self.variational}"
