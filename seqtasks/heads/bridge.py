"""From a vector to a recurrence's initial state."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from seqtasks.cells.contract import State


class Bridge(nn.Module):
    """Every tensor of a state as tanh of a linear map.

    Args:
        input_size: features of the vector.
        state_shapes: of the state, without batch.
    """

    def __init__(self, input_size: int, state_shapes: tuple[tuple[int, ...], ...]) -> None:
        super().__init__()
        self.shapes = state_shapes
        self.sizes = [torch.Size(shape).numel() for shape in state_shapes]
        self.linear = nn.Linear(input_size, sum(self.sizes))

    def forward(self, vector: Tensor) -> State:
        """(batch, input_size) → a tuple of (batch, …)."""
        parts = torch.tanh(self.linear(vector)).split(self.sizes, dim=1)
        return tuple(
            part.unflatten(1, shape).contiguous()
            for part, shape in zip(parts, self.shapes, strict=True)
        )
