"""The continuous cache: a token that came lately in a like context is likely to come again.

Grave, Joulin and Usunier 2017, "Improving neural language models with a continuous cache". With
h₁ … hₜ the features from which the model scores the token that follows each step, the cache holds
the pairs (hᵢ, xᵢ₊₁) of the last steps before t, and, by their equations 3 and 4,

    p_cache(w) ∝ Σᵢ [w = xᵢ₊₁] exp(θ hₜ · hᵢ),    p(w) = (1 - λ) p_model(w) + λ p_cache(w).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from seqtasks.errors import UsageError, check_least, check_rate
from seqtasks.kernels.scan import in_widest_type

PRODUCTS_AT_ONCE = 2**20
"""Products of steps with earlier steps: four megabytes, about what a processor's caches hold."""


@dataclass(frozen=True)
class CachePointer:
    """How a cache is looked up.

    Attributes:
        size: the steps that it remembers.
        theta: θ, how much more similar contexts count; at 0 all count the same.
        lambda_: λ, the share of the probability that the cache gives, below 1; at 0 there is no
            cache.

    Raises:
        UsageError: a number is out of its range.
    """

    size: int = 2000
    theta: float = 0.5
    lambda_: float = 0.05

    def __post_init__(self) -> None:
        check_least("size", self.size, 1)
        if not 0 <= self.theta < math.inf:
            raise UsageError(f"it is at least 0 and finite, not {self.theta}", option="theta")
        check_rate("lambda_", self.lambda_)


class Cache:
    """The last steps of one text."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.keys: Tensor | None = None  # (steps, features), the contexts
        self.values: Tensor | None = None  # (steps,), what followed each

    def look_up(self, features: Tensor, targets: Tensor, theta: float) -> Tensor:
        """The probability that the cache gives each target; NaN for the first of a text.

        Nothing is remembered: each step sees the cache and the steps before it, up to ``size``.

        Args:
            features: (steps, features), each scores the target of its step.
            targets: (steps,) int64.
            theta: as in `CachePointer`.

        Returns:
            (steps,), in 32 bits at least.
        """
        keys, values = self.joined(features, targets)
        begun = len(keys) - len(features)
        features = keys[begun:]
        most = max(1, PRODUCTS_AT_ONCE // (min(self.size, len(keys)) + 1))
        parts = []
        for start in range(0, len(features), most):
            stop = min(start + most, len(features))
            low, high = max(0, begun + start - self.size), begun + stop
            products = theta * (features[start:stop] @ keys[low:high].T)
            place = torch.arange(low, high, device=features.device)
            step = torch.arange(begun + start, high, device=features.device).unsqueeze(1)
            products.masked_fill_((place >= step) | (place < step - self.size), -math.inf)
            right = values[low:high] == targets[start:stop].unsqueeze(1)
            parts.append((products.softmax(dim=1) * right).sum(dim=1))
        return torch.cat(parts) if parts else features.new_zeros(0)

    def remember(self, features: Tensor, targets: Tensor) -> None:
        """Add steps, shapes as in `look_up`, and forget those that are too long ago."""
        keys, values = self.joined(features, targets)
        self.keys, self.values = keys[-self.size :], values[-self.size :]

    def joined(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """The remembered (steps, features) and (steps,), with the given steps behind them."""
        [features] = in_widest_type(features)
        if self.keys is None or self.values is None:
            return features, targets
        return torch.cat([self.keys, features]), torch.cat([self.values, targets])


def mix(log_probs: Tensor, shares: Tensor, lambda_: float) -> Tensor:
    """The log-probabilities of a model and a cache together.

    Args:
        log_probs: (steps,) float64, those that the model gives the targets.
        shares: (steps,), the probabilities that the cache gives them; NaN where it is empty, and
            the model decides alone.
        lambda_: as in `CachePointer`.

    >>> mix(torch.tensor([0.5, 0.5]).log(), torch.tensor([0.25, math.nan]), 0.2).exp()
    tensor([0.4500, 0.5000])
    """
    shares = shares.to(log_probs)
    ours, theirs = log_probs + math.log1p(-lambda_), (lambda_ * shares).log()
    return torch.where(shares.isnan(), log_probs, torch.logaddexp(ours, theirs))
