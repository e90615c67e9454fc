"""Several scaled products side by side: the Transformer's attention."""

from __future__ import annotations

import math

from torch import Tensor

from seqtasks.errors import UsageError
from seqtasks.heads.attention.contract import Attention, attention_shares
from seqtasks.kernels.affine import Linear


class MultiHeadAttention(Attention):
    """Scaled products in several heads: Vaswani et al. 2017, section 3.2.

    Head i scores by (W_i q)ᵀ (U_i m) / √d and mixes V_i m, with d = query_size / num_heads. The
    context is all heads side by side; the paper's map of it, W^O, is part of the linear map that a
    decoder has for any context. The weights that it returns are the mean over the heads.

    Args:
        query_size: features of a query step.
        memory_size: features of a memory step.
        num_heads: divides ``query_size``.

    Raises:
        UsageError: it does not.
    """

    def __init__(self, query_size: int, memory_size: int, *, num_heads: int = 4) -> None:
        super().__init__(query_size, memory_size)
        if num_heads < 1 or query_size % num_heads:
            raise UsageError(
                f"{num_heads} heads do not divide the {query_size} features; choose a divisor",
                option="num_heads",
            )
        self.num_heads = num_heads
        self.output_size = query_size
        self.query = Linear(query_size, query_size, bias=False)
        self.key = Linear(memory_size, query_size, bias=False)
        self.value = Linear(memory_size, query_size, bias=False)

    def keys(self, memory: Tensor) -> Tensor:
        """U m, (batch, heads, steps, d)."""
        return self.heads(self.key(memory)).contiguous()

    def values(self, memory: Tensor) -> Tensor:
        """V m, (batch, heads, steps, d)."""
        return self.heads(self.value(memory)).contiguous()

    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        queries = self.heads(self.query(query))
        return queries / math.sqrt(queries.size(-1)) @ keys.transpose(2, 3)

    def forward(
        self, query: Tensor, keys: Tensor, values: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """All heads' contexts side by side, (batch, time, output_size), and their mean weights.

        The query is (batch, time, query_size), keys and values are (batch, heads, steps, d), the
        mask and the weights as in `seqtasks.heads.attention.contract`.
        """
        weights = attention_shares(self.scores(query, keys), mask)
        context = weights @ values
        return context.transpose(1, 2).flatten(2), weights.mean(dim=1)

    def heads(self, features: Tensor) -> Tensor:
        """(batch, length, query_size) → (batch, heads, length, d)."""
        return features.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
