"""The contract every recurrence keeps, and the length arithmetic they share.

``outputs, state = layer(inputs, lengths=None, state=None)`` with

=======  =========================  =====================================================
name     shape                      meaning
=======  =========================  =====================================================
inputs   (batch, time, input_size)  batch first
lengths  (batch,) int64, or None    real steps of each sequence; None: all of them
outputs  (batch, time, output_size) zero past each length
state    tuple of (batch, …)        each sequence's state after its own last real step
=======  =========================  =====================================================
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

State = tuple[Tensor, ...]


class Recurrence(nn.Module):
    """One layer in one direction, from past to future.

    Attributes:
        input_size: features of each input step.
        output_size: features of each output step.
        state_shapes: shape of each state tensor, without its batch axis.
    """

    input_size: int
    output_size: int
    state_shapes: tuple[tuple[int, ...], ...]

    def initial_state(self, batch_size: int, like: Tensor) -> State:
        """Zeros of the state's shapes, (batch_size, …), with the type and device of ``like``."""
        return tuple(like.new_zeros(batch_size, *shape) for shape in self.state_shapes)

    def forward(
        self, inputs: Tensor, lengths: Tensor | None = None, state: State | None = None
    ) -> tuple[Tensor, State]:
        """Run over time; see the module's table for shapes."""
        batch, time, _ = inputs.shape
        if state is None:
            state = self.initial_state(batch, inputs)
        if batch == 0 or time == 0:
            return inputs.new_zeros(batch, time, self.output_size), state
        return self.advance(inputs, lengths if ragged(lengths, time) else None, state)

    def advance(self, inputs: Tensor, lengths: Tensor | None, state: State) -> tuple[Tensor, State]:
        """What a cell writes: run over time from a given state.

        Args:
            inputs: (batch, time, input_size), neither axis empty.
            lengths: (batch,) int64 where some sequence is shorter than the batch, else None.
            state: before the first step.
        """
        raise NotImplementedError


def ragged(lengths: Tensor | None, time: int) -> bool:
    """Whether any sequence is shorter than ``time``.

    >>> ragged(torch.tensor([3, 2]), 3), ragged(torch.tensor([3, 3]), 3), ragged(None, 3)
    (True, False, False)
    """
    return lengths is not None and lengths.numel() > 0 and int(lengths.min()) < time


def mask(lengths: Tensor, time: int) -> Tensor:
    """(batch, time) bool, True at real steps.

    >>> mask(torch.tensor([2, 0]), 3).int().tolist()
    [[1, 1, 0], [0, 0, 0]]
    """
    return torch.arange(time, device=lengths.device) < lengths.unsqueeze(1)


def zero_padding(outputs: Tensor, lengths: Tensor) -> Tensor:
    """(batch, time, …) with every step past its sequence's length set to zero."""
    return outputs.masked_fill(~mask(lengths, outputs.size(1)).unsqueeze(-1), 0.0)


def last_step(outputs: Tensor, lengths: Tensor, before: Tensor) -> Tensor:
    """Each sequence's output at its last real step; ``before`` where it has none.

    Args:
        outputs: (batch, time, size), time at least 1.
        lengths: (batch,) int64.
        before: (batch, size), for sequences of length zero.

    Returns:
        (batch, size).
    """
    index = (lengths - 1).clamp(min=0).view(-1, 1, 1).expand(-1, 1, outputs.size(2))
    last = outputs.gather(1, index).squeeze(1)
    return torch.where((lengths > 0).unsqueeze(1), last, before)


def reverse(sequences: Tensor, lengths: Tensor | None) -> Tensor:
    """Each sequence's real steps in reverse order; padding stays behind them.

    >>> reverse(torch.tensor([[[1], [2], [3]], [[4], [5], [0]]]), torch.tensor([3, 2])).squeeze(-1)
    tensor([[3, 2, 1],
            [5, 4, 0]])
    """
    time = sequences.size(1)
    if lengths is None or not ragged(lengths, time):
        return sequences.flip(1)
    steps = torch.arange(time, device=sequences.device)
    flipped = lengths.unsqueeze(1) - 1 - steps
    index = torch.where(flipped >= 0, flipped, steps).unsqueeze(-1)
    return sequences.gather(1, index.expand(-1, -1, sequences.size(2)))
