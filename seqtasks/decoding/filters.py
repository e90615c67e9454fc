"""Filters of the next token: temperature, top-k, nucleus and locally typical, in this order."""

from __future__ import annotations

import torch
from torch import Tensor

from seqtasks.decoding.steps import expect
from seqtasks.decoding.top import top

FIRST_LOOK = 64
"""How many tokens are ranked first when a mass is sought; they usually reach it."""


def check_filter(
    temperature: float, top_k: int | None, top_p: float | None, typical_p: float | None = None
) -> None:
    """Refuses, by a UsageError, settings of `filter_logits` that are out of their range."""
    hot = 0 <= temperature < float("inf")
    expect("temperature", temperature, hot, "a finite number from 0 up")
    expect("top_k", top_k, top_k is None or top_k >= 1, "at least 1, or none for no limit")
    for name, mass in (("top_p", top_p), ("typical_p", typical_p)):
        fits = mass is None or 0 < mass <= 1
        expect(name, mass, fits, "more than 0 and at most 1, or none")


def filter_logits(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    typical_p: float | None = None,
) -> Tensor:
    """Sharpens or flattens a distribution and removes tokens that seldom make good text.

    Top-k keeps the k most probable tokens (Fan et al. 2018, "Hierarchical Neural Story
    Generation"). Top-p keeps the smallest set of most probable tokens whose mass
    reaches p (Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", section 3.1).
    Locally typical sampling keeps the tokens whose information, -log p(y), is nearest to what the
    distribution holds on average, its entropy, until their mass reaches typical-p (Meister et al.
    2023, "Locally Typical Sampling"): it also drops tokens that are too certain. Each filter reads
    the distribution that the filters before it leave. At least one token always stays; of equally
    good ones the lower id stays first.

    Args:
        logits: Shape (batch, vocabulary), up to a constant a row, as the result; minus infinity
            rules a token out.
        temperature: Divides the logits; 0 keeps the most probable token alone.
        top_k: How many tokens stay at most, or none.
        top_p: The mass of the most probable tokens that has to stay, in (0, 1], or none.
        typical_p: The mass of the most typical tokens that has to stay, in (0, 1], or none.

    Raises:
        UsageError: A setting is out of its range.

    >>> logits = torch.tensor([[0.4, 0.3, 0.2, 0.1]]).log()  # 0.9, 1.2, 1.6, 2.3; on average 1.3
    >>> filter_logits(logits, top_p=0.6).isfinite().tolist()
    [[True, True, False, False]]
    >>> filter_logits(logits, typical_p=0.4).isfinite().tolist()
    [[False, True, True, False]]
    """
    check_filter(temperature, top_k, top_p, typical_p)
    if temperature == 0:
        top_k = 1
    elif temperature != 1:
        # The largest becomes 0, so that no temperature is small enough to overflow all of them.
        logits = (logits - logits.amax(dim=-1, keepdim=True)) / temperature
    if top_k is not None:
        index = top(logits, top_k)
        logits = torch.full_like(logits, -torch.inf).scatter(1, index, logits.gather(1, index))
    if top_p is not None and top_p < 1:
        kept = _prefix(logits, torch.softmax(logits, dim=-1), top_p)
        logits = logits.masked_fill(~kept, -torch.inf)
    if typical_p is not None and typical_p < 1:
        information = -torch.log_softmax(logits, dim=-1)
        shares = torch.exp(-information)
        entropy = torch.special.entr(shares).sum(dim=-1, keepdim=True)
        kept = _prefix(-(information - entropy).abs(), shares, typical_p)
        logits = logits.masked_fill(~kept, -torch.inf)
    return logits


def _prefix(scores: Tensor, shares: Tensor, mass: float) -> Tensor:
    """Marks the tokens of highest score, as few as reach a mass below 1; (batch, vocabulary) bool.

    Of equal scores the lower index goes first; the shares are the tokens' probabilities.
    """
    width = scores.shape[-1]
    looked = min(FIRST_LOOK, width)
    while True:
        order = top(scores, looked)
        sums = shares.gather(1, order).cumsum(dim=-1)
        if looked == width or bool((sums[:, -1] >= mass).all()):
            break
        looked = width
    before = torch.cat([torch.zeros_like(sums[:, :1]), sums[:, :-1]], dim=-1)
    return torch.zeros_like(scores, dtype=torch.bool).scatter(1, order, before < mass)
