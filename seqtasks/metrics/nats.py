"""Means of negative log-likelihoods over a whole data set, exact whatever its batches."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric

from seqtasks.metrics.checks import scalar


def mean_loss(total_nats: float, count: int) -> float:
    """Nats per unit; NaN if there is no unit.

    >>> mean_loss(6.0, 4)
    1.5
    """
    return total_nats / count if count else math.nan


def perplexity(total_nats: float, count: int) -> float:
    """The exponential of the nats per token: 1 for a perfect model, infinite for an impossible one.

    Args:
        total_nats: The sum of -log p over the tokens.
        count: The number of tokens; with none the result is NaN.

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
        total_nats: The sum of -log p over the tokens of the text.
        characters: How many characters the tokens stand for; with none the result is NaN.

    >>> bits_per_character(8 * math.log(2), 4)
    2.0
    """
    return mean_loss(total_nats, characters) / math.log(2)


class _NatsPerUnit(Metric):
    """A sum of nats (float64) and a count of units (int64), added over batches and processes.

    The sum stays in float64 when the model around it moves to a narrower type, and stays on the
    CPU when it moves to a device without float64 (MPS).
    """

    full_state_update = False
    is_differentiable = False
    higher_is_better = False
    total_nats: Tensor
    count: Tensor

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.add_state("total_nats", torch.zeros((), dtype=torch.float64), dist_reduce_fx="sum")
        self.add_state("count", torch.zeros((), dtype=torch.int64), dist_reduce_fx="sum")

    def _add(self, total_nats: Tensor | float, count: Tensor | int) -> None:
        """Adds the sums of one batch, tensors of shape () or numbers."""
        if isinstance(total_nats, Tensor):
            # First the device, then the type: not every device has float64.
            total_nats = total_nats.detach().to(self.total_nats.device).to(torch.float64)
        self.total_nats = self.total_nats + total_nats
        self.count = self.count + torch.as_tensor(count, dtype=torch.int64, device=self.device)

    def _sums(self) -> tuple[float, int]:
        return float(self.total_nats), int(self.count)

    def _apply(
        self, fn: Callable[[Tensor], Tensor], exclude_state: Sequence[str] = ()
    ) -> torch.nn.Module:
        moved = super()._apply(fn, exclude_state=[*exclude_state, "total_nats"])
        if self.device.type != "mps":
            self.total_nats = self.total_nats.to(self.device)
        return moved


class MeanLoss(_NatsPerUnit):
    """The mean of a loss over a whole data set: the sum of all over the count of all.

    >>> metric = MeanLoss()
    >>> metric.update(6.0, 3)
    >>> metric.update(torch.tensor(1.0), 1)
    >>> metric.compute().item()
    1.75
    """

    def update(self, total_nats: Tensor | float, count: Tensor | int) -> None:
        """Adds a batch.

        Args:
            total_nats: The sum of the loss over the batch's units, in nats, shape ().
            count: The number of units, shape ().
        """
        self._add(total_nats, count)

    def compute(self) -> Tensor:
        """Nats per unit, shape (), float64; NaN before any unit."""
        return scalar(mean_loss(*self._sums()), self.device)


class Perplexity(_NatsPerUnit):
    """The exponential of the nats per token over a whole data set.

    >>> metric = Perplexity()
    >>> metric.update(torch.tensor([0.5, 0.25]).log().neg().sum(), 2)
    >>> metric.update(math.log(8), 1)
    >>> round(metric.compute().item(), 6)
    4.0
    """

    def update(self, total_nats: Tensor | float, count: Tensor | int) -> None:
        """Adds a batch.

        Args:
            total_nats: The sum of -log p over the batch's tokens, shape (); infinite if a token
                has probability 0.
            count: The number of tokens, shape ().
        """
        self._add(total_nats, count)

    def compute(self) -> Tensor:
        """The perplexity, shape (), float64, from 1 to infinity; NaN before any token."""
        return scalar(perplexity(*self._sums()), self.device)


class BitsPerCharacter(_NatsPerUnit):
    """The bits per character over a whole data set.

    >>> metric = BitsPerCharacter()
    >>> metric.update(6 * math.log(2), characters=4)
    >>> metric.compute().item()
    1.5
    """

    def update(self, total_nats: Tensor | float, characters: Tensor | int) -> None:
        """Adds a batch.

        Args:
            total_nats: The sum of -log p over the batch's tokens, shape ().
            characters: How many characters those tokens stand for, shape ().
        """
        self._add(total_nats, characters)

    def compute(self) -> Tensor:
        """Bits per character, shape (), float64; NaN before any character."""
        return scalar(bits_per_character(*self._sums()), self.device)
