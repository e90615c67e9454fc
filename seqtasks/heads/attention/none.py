"""No attention at all."""

from __future__ import annotations

from torch import Tensor

from seqtasks.heads.attention.contract import Attention


class NoAttention(Attention):
    """An empty context: all that a decoder knows of the source is its first state.

    So Sutskever, Vinyals and Le 2014 and Cho et al. 2014 translated. A comparison with it shows
    what attention is worth.
    """

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__(query_size, memory_size)
        self.output_size = 0

    def keys(self, memory: Tensor) -> Tensor:
        return memory[:, :, :0]  # (batch, steps, 0)

    values = keys

    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        return query.new_zeros(*query.shape[:2], keys.size(1))

    def forward(
        self, query: Tensor, keys: Tensor, values: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """An empty context (batch, time, 0), and weights (batch, time, steps) of 0."""
        return query[:, :, :0], self.scores(query, keys)
