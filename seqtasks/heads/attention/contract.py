"""The contract every attention keeps.

=======  ==========================  ====================================================
name     shape                       meaning
=======  ==========================  ====================================================
query    (batch, time, query_size)   a decoder's outputs
memory   (batch, steps, memory_size) an encoder's outputs
keys     (batch, …)                  what of the memory the scores need, computed once
values   (batch, …)                  what of the memory is mixed, computed once
mask     (batch, steps) bool         True at real steps of the memory
context  (batch, time, output_size)  the values, mixed for each query step
weights  (batch, time, steps)        each query step's shares, zero where masked
=======  ==========================  ====================================================
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn


class Attention(nn.Module, ABC):
    """Scores each memory step for each query step, then mixes the memory by the softmax.

    Args:
        query_size: features of a query step.
        memory_size: features of a memory step.

    Attributes:
        output_size: features of the context.
        looks_back: whether a step's scores depend on the weights of earlier steps.
    """

    looks_back = False

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__()
        self.query_size, self.memory_size = query_size, memory_size
        self.output_size = memory_size

    @abstractmethod
    def keys(self, memory: Tensor) -> Tensor:
        """What of the memory (batch, steps, memory_size) the scores need, (batch, …)."""

    def values(self, memory: Tensor) -> Tensor:
        """What of the memory is mixed: all of it."""
        return memory

    @abstractmethod
    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        """(batch, …, time, steps)."""

    def recall(self, keys: Tensor, coverage: Tensor, alignment: Tensor) -> Tensor:
        """The keys of one step, changed by what was attended to; only where it ``looks_back``.

        Coverage is the sum of all weights so far, and the alignment the weights of the step before,
        zeros at first; each is (batch, steps).
        """
        return keys

    def forward(
        self, query: Tensor, keys: Tensor, values: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Context and weights, as in the module's table; each memory has a real step."""
        weights = attention_shares(self.scores(query, keys), mask)
        return weights @ values, weights


def attention_shares(scores: Tensor, mask: Tensor) -> Tensor:
    """The softmax of scores (batch, …, steps) over the real steps.

    >>> attention_shares(torch.zeros(1, 1, 3), torch.tensor([[True, True, False]])).tolist()
    [[[0.5, 0.5, 0.0]]]
    """
    between = (1,) * (scores.dim() - 2)
    masked = ~mask.view(mask.size(0), *between, -1)
    return scores.masked_fill(masked, torch.finfo(scores.dtype).min).softmax(dim=-1)
