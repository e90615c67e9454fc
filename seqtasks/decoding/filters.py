"""What to sample from: temperature, top-k and nucleus, in this order."""

from __future__ import annotations

import torch
from torch import Tensor

from seqtasks.decoding.top import top_mask
from seqtasks.errors import UsageError


def check_filter(temperature: float, top_k: int | None, top_p: float | None) -> None:
    """Refuses settings that name no distribution.

    Raises:
        UsageError: The temperature is negative or not finite, top-k is below 1 or top-p is not
            in (0, 1].
    """
    if not 0 <= temperature < float("inf"):
        raise UsageError(f"temperature is {temperature}; expected a finite number from 0 up")
    if top_k is not None and top_k < 1:
        raise UsageError(f"top_k is {top_k}; expected at least 1, or none for no limit")
    if top_p is not None and not 0 < top_p <= 1:
        raise UsageError(f"top_p is {top_p}; expected more than 0 and at most 1, or none")


def filter_logits(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    """Sharpens or flattens a distribution and cuts its tail off.

    Top-k keeps the k most probable tokens (Fan et al. 2018, "Hierarchical Neural Story
    Generation"). Top-p keeps the smallest set of most probable tokens whose mass
    reaches p (Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", section 3.1),
    counted on the distribution that temperature and top-k leave. At least one token always
    stays; of equally probable ones the lower id stays first.

    Args:
        logits: Shape (batch, vocabulary), up to a constant a row; minus infinity rules a token out.
        temperature: Divides the logits; 0 keeps the most probable token alone.
        top_k: How many tokens stay at most, or none.
        top_p: The mass that has to stay, in (0, 1], or none.

    Returns:
        Shape (batch, vocabulary), up to a constant a row; minus infinity where a token is cut.

    Raises:
        UsageError: A setting is out of its range.

    >>> logits = torch.tensor([[0.5, 0.3, 0.15, 0.05]]).log()
    >>> filter_logits(logits, top_p=0.7).isfinite().tolist()
    [[True, True, False, False]]
    """
    check_filter(temperature, top_k, top_p)
    if temperature == 0:
        top_k = 1
    elif temperature != 1:
        # The largest becomes 0, so that no temperature is small enough to overflow all of them.
        logits = (logits - logits.max(dim=-1, keepdim=True).values) / temperature
    if top_k is not None:
        logits = logits.masked_fill(~top_mask(logits, top_k), -torch.inf)
    if top_p is not None and top_p < 1:
        logits = logits.masked_fill(~_nucleus(logits, top_p), -torch.inf)
    return logits


def _nucleus(logits: Tensor, mass: float) -> Tensor:
    """Marks the smallest set of most probable tokens whose mass reaches the one asked for."""
    order = logits.sort(dim=-1, descending=True, stable=True).indices
    sums = torch.softmax(logits, dim=-1).gather(1, order).cumsum(dim=-1)
    before = torch.cat([torch.zeros_like(sums[:, :1]), sums[:, :-1]], dim=-1)
    return torch.zeros_like(logits, dtype=torch.bool).scatter(1, order, before < mass)
