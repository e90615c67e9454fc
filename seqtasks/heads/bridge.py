"""From an encoder's end to a decoder's beginning: a recurrence's initial state."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.kernels.affine import Linear
from seqtasks.kernels.lengths import State


class Bridge(nn.Module):
    """Each tensor of an initial state as tanh of a linear map; shapes are those without batch."""

    def __init__(self, input_size: int, state_shapes: tuple[tuple[int, ...], ...]) -> None:
        super().__init__()
        self.shapes = state_shapes
        self.sizes = [torch.Size(shape).numel() for shape in state_shapes]
        self.linear = Linear(input_size, sum(self.sizes)) if state_shapes else nn.Identity()

    def forward(self, vector: Tensor, final: State = ()) -> State:
        """(batch, input_size) → a tuple of (batch, …); the encoder's final state is not needed."""
        if not self.shapes:
            return ()
        parts = torch.tanh(self.linear(vector)).split(self.sizes, dim=1)
        return tuple(
            part.unflatten(1, shape).contiguous()
            for part, shape in zip(parts, self.shapes, strict=True)
        )


class ZeroState(nn.Module):
    """The recurrence starts with zeros: the decoder knows the source by attention alone."""

    def __init__(self, encoder: RecurrentEncoder, recurrence: RecurrentEncoder) -> None:
        super().__init__()
        self.shapes = recurrence.state_shapes

    def forward(self, vector: Tensor, final: State) -> State:
        """(batch, size) → zeros, a tuple of (batch, …)."""
        return tuple(vector.new_zeros(vector.size(0), *shape) for shape in self.shapes)


class LastState(nn.Module):
    """The encoder's own final state, layer by layer (Sutskever, Vinyals and Le 2014).

    A bidirectional encoder gives the mean of both directions, tensor by tensor: the forward state
    after the last step and the backward state after the first.

    Raises:
        UsageError: the two recurrences differ in their layers: in number, cell or sizes.
    """

    def __init__(self, encoder: RecurrentEncoder, recurrence: RecurrentEncoder) -> None:
        super().__init__()
        there, here = (", ".join(map(shape, e.layers)) for e in (encoder, recurrence))
        if there != here:
            raise UsageError(
                "last starts the decoder from the encoder's final state, so both need layers of "
                f"the same cell and sizes: the encoder has {there}, the decoder {here}; set "
                "`recurrence.cell`, `recurrence.hidden_size` and `recurrence.num_layers` to those "
                "of the encoder, or choose projection",
                option="bridge",
            )
        self.counts, self.both = list(encoder.state_counts), encoder.bidirectional

    def forward(self, vector: Tensor, final: State) -> State:
        """The encoder's final state → a tuple of (batch, …); its summary is not needed."""
        if not self.both:
            return final
        parts, states = iter(final), list[Tensor]()
        for count in self.counts:
            forward, backward = (list(itertools.islice(parts, count // 2)) for _ in range(2))
            states += [(a + b) / 2 for a, b in zip(forward, backward, strict=True)]
        return tuple(states)


def shape(layer: Any) -> str:
    """The name of a layer's forward cell and the sizes of its state: ``LSTM (3) (3)``."""
    cell = layer.cells[0]
    sizes = (", ".join(map(str, part)) for part in cell.state_shapes)
    return " ".join([type(cell).__name__, *(f"({size})" for size in sizes)])


BRIDGES: dict[str, Callable[[RecurrentEncoder, RecurrentEncoder], nn.Module]] = {
    "projection": lambda encoder, recurrence: Bridge(encoder.output_size, recurrence.state_shapes),
    "last": LastState,
    "zero": ZeroState,
}
"""What makes a bridge from an encoder and a decoder's recurrence, by name."""
