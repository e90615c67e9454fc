"""Scores by products: Luong's attention."""

from __future__ import annotations

from torch import Tensor

from seqtasks.errors import UsageError
from seqtasks.heads.attention.contract import Attention
from seqtasks.kernels.affine import Linear


class ProductAttention(Attention):
    """score(q, m) = qᵀ k, with the keys k of a subclass."""

    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        return query @ keys.transpose(1, 2)


class DotAttention(ProductAttention):
    """score(q, m) = qᵀ m: Luong, Pham and Manning 2015, section 3.1, "dot"; it has no weights.

    Raises:
        UsageError: the sizes differ.
    """

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__(query_size, memory_size)
        if query_size != memory_size:
            raise UsageError(
                "dot attention needs outputs of one size from decoder and encoder, whose sizes are "
                f"{query_size} and {memory_size}; set the hidden_size of the decoder's recurrence "
                f"to {memory_size}, or choose multiplicative attention",
                option="",
            )

    def keys(self, memory: Tensor) -> Tensor:
        return memory


class MultiplicativeAttention(ProductAttention):
    """score(q, m) = qᵀ W m: Luong, Pham and Manning 2015, section 3.1, "general"."""

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__(query_size, memory_size)
        self.key = Linear(memory_size, query_size, bias=False)

    def keys(self, memory: Tensor) -> Tensor:
        return self.key(memory)
