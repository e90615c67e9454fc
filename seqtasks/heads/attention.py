"""Attention of a decoder's states over an encoder's outputs."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from seqtasks.errors import UsageError, nearest


class Attention(nn.Module, ABC):
    """Scores each memory step for each query step, then mixes the memory by the softmax.

    Args:
        query_size: features of a query step.
        memory_size: features of a memory step.
    """

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__()
        self.query_size, self.memory_size = query_size, memory_size

    @abstractmethod
    def keys(self, memory: Tensor) -> Tensor:
        """What of the memory the scores need, computed once: (batch, steps, key_size)."""

    @abstractmethod
    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        """(batch, time, query_size), (batch, steps, key_size) → (batch, time, steps)."""

    def forward(
        self, query: Tensor, keys: Tensor, memory: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Attend.

        Args:
            query: (batch, time, query_size).
            keys: (batch, steps, key_size), from `keys`.
            memory: (batch, steps, memory_size).
            mask: (batch, steps) bool, True at real steps, at least one in each row.

        Returns:
            Context (batch, time, memory_size) and weights (batch, time, steps).
        """
        scores = self.scores(query, keys)
        scores = scores.masked_fill(~mask.unsqueeze(1), torch.finfo(scores.dtype).min)
        weights = scores.softmax(dim=-1)
        return weights @ memory, weights


class AdditiveAttention(Attention):
    """score(q, m) = vᵀ tanh(W q + U m): Bahdanau, Cho and Bengio 2015, appendix A.1.2."""

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__(query_size, memory_size)
        self.query = nn.Linear(query_size, query_size, bias=False)
        self.key = nn.Linear(memory_size, query_size)
        self.weight = nn.Parameter(torch.empty(query_size).uniform_(-1, 1) * query_size**-0.5)

    def keys(self, memory: Tensor) -> Tensor:
        """U m + b."""
        return self.key(memory)

    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        """(batch, time, steps)."""
        return torch.tanh(self.query(query).unsqueeze(2) + keys.unsqueeze(1)) @ self.weight


class MultiplicativeAttention(Attention):
    """score(q, m) = qᵀ W m: Luong, Pham and Manning 2015, section 3.1, "general"."""

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__(query_size, memory_size)
        self.key = nn.Linear(memory_size, query_size, bias=False)

    def keys(self, memory: Tensor) -> Tensor:
        """W m."""
        return self.key(memory)

    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        """(batch, time, steps)."""
        return query @ keys.transpose(1, 2)


ATTENTIONS: dict[str, type[Attention]] = {
    "additive": AdditiveAttention,
    "multiplicative": MultiplicativeAttention,
}


def find_attention(name: str) -> type[Attention]:
    """The class behind a name.

    Raises:
        UsageError: there is no such attention.
    """
    if name not in ATTENTIONS:
        raise UsageError(
            f"task.decoder.attention: there is no '{name}';{nearest(name, ATTENTIONS)} "
            f"The kinds are {', '.join(ATTENTIONS)}."
        )
    return ATTENTIONS[name]
