"""Scores by a layer of tanh units: Bahdanau's attention."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from seqtasks.heads.attention.contract import Attention
from seqtasks.kernels.affine import Linear


class AdditiveAttention(Attention):
    """score(q, m) = vᵀ tanh(W q + U m): Bahdanau, Cho and Bengio 2015, appendix A.1.2."""

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__(query_size, memory_size)
        self.query = Linear(query_size, query_size, bias=False)
        self.key = Linear(memory_size, query_size)
        self.weight = nn.Parameter(torch.empty(query_size))
        nn.init.uniform_(self.weight, -(query_size**-0.5), query_size**-0.5)

    def keys(self, memory: Tensor) -> Tensor:
        return self.key(memory)

    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        return torch.tanh(self.query(query).unsqueeze(2) + keys.unsqueeze(1)) @ self.weight
