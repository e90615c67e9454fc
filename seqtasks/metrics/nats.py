"""Means of negative log-likelihoods over a whole data set, exact whatever its batches."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from seqtasks.metrics.sums import SumMetric


def mean_loss(total_nats: float, count: int) -> float:
    """Nats per unit; NaN if there is no unit.

    >>> mean_loss(6.0, 4)
    1.5
    """
    return total_nats / count if count else math.nan


def perplexity(total_nats: float, count: int) -> float:
    """The exponential of the nats per token: 1 for a perfect model, infinite for an impossible one.

    Args:
        total_nats: the sum of -log p over the tokens.
        count: the number of tokens; with none the result is NaN.

    >>> round(perplexity(3 * math.log(7), 3), 9)
    7.0
    >>> perplexity(math.inf, 3)
    inf
    """
    try:
        return math.exp(mean_loss(total_nats, count))
    except OverflowError:
        return math.inf


def bits_per_character(total_nats: float, characters: int) -> float:
    """The nats per character in bits, a character being the unit whatever the model's tokens are.

    Args:
        total_nats: the sum of -log p over the tokens of the text.
        characters: how many characters the tokens stand for; with none the result is NaN.

    >>> bits_per_character(8 * math.log(2), 4)
    2.0
    """
    return mean_loss(total_nats, characters) / math.log(2)


class MeanLoss(SumMetric):
    """`mean_loss` over a whole data set; the metrics below compute other functions of its sums.

    The nats are summed in float64 also when the model around the metric moves to a narrower type.
    Their sum stays on the CPU when the model moves to a device without float64 (MPS).

    >>> metric = MeanLoss()
    >>> metric.update(6.0, 3)
    >>> metric.update(torch.tensor(1.0), 1)
    >>> metric.compute().item()
    1.75
    """

    higher_is_better = False
    function: staticmethod[[float, int], float] = staticmethod(mean_loss)

    def __init__(self, **options: Any) -> None:
        super().__init__(2, torch.float64, **options)

    def update(self, total_nats: Tensor | float, count: Tensor | int) -> None:
        """Add a batch.

        Args:
            total_nats: the sum over the batch's units, shape (); infinite if one is impossible.
            count: the number of units, shape ().
        """
        # First the device, then the type: not every device has float64.
        zero, given = self.sums.new_zeros(()), (total_nats, count)
        moved = [x.detach().to(zero.device) if isinstance(x, Tensor) else x for x in given]
        self.sums = self.sums + torch.stack([zero + x for x in moved])

    def score(self, *sums: float) -> float:
        """The function of the sums; NaN before any unit."""
        total_nats, count = sums
        return self.function(total_nats, int(count))

    def _apply(
        self, fn: Callable[[Tensor], Tensor], exclude_state: Sequence[str] = ()
    ) -> torch.nn.Module:
        moved = super()._apply(fn, exclude_state=[*exclude_state, "sums"])
        if self.device.type != "mps":
            self.sums = self.sums.to(self.device)
        return moved


class Perplexity(MeanLoss):
    """`perplexity` over a whole data set, from nats and numbers of tokens.

    >>> metric = Perplexity()
    >>> metric.update(torch.tensor([0.5, 0.25]).log().neg().sum(), 2)
    >>> metric.update(math.log(8), 1)
    >>> round(metric.compute().item(), 6)
    4.0
    """

    function = staticmethod(perplexity)


class BitsPerCharacter(MeanLoss):
    """`bits_per_character` over a whole data set, from nats and numbers of characters.

    >>> metric = BitsPerCharacter()
    >>> metric.update(6 * math.log(2), 4)
    >>> metric.compute().item()
    1.5
    """

    function = staticmethod(bits_per_character)
