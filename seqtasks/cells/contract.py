"""The contract that every recurrence keeps, and the ways of running one over time.

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

from seqtasks.kernels.lengths import State, last_step, mask, ragged, zero_padding


class Recurrence(nn.Module):
    """One layer in one direction, from past to future.

    A cell writes `step`, its equations; everything else follows from them. A cell that has a
    faster way to run over time overrides `advance`, or is a `ParallelRecurrence`.

    Args:
        input_size: features of each input step.
        hidden_size: features of each output step.
        state_shapes: the shape of each state tensor without its batch axis; None for one tensor
            of ``hidden_size``.

    Attributes:
        output_size: features of each output step.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        state_shapes: tuple[tuple[int, ...], ...] | None = None,
    ) -> None:
        super().__init__()
        self.input_size, self.output_size = input_size, hidden_size
        self.state_shapes = ((hidden_size,),) if state_shapes is None else state_shapes

    def step(self, x: Tensor, state: State) -> State | tuple[Tensor, State]:
        """The equations of one step.

        Args:
            x: (batch, input_size).
            state: before the step; each tensor is (batch, …).

        Returns:
            The state after the step, whose first tensor is the output (batch, output_size); or
            the output and the state.
        """
        raise NotImplementedError

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
        """Run over time from a given state, one step after the other.

        Args:
            inputs: (batch, time, input_size), neither axis empty.
            lengths: (batch,) int64 where some sequence is shorter than the batch, else None.
            state: before the first step.

        Returns:
            Outputs, zero past each length, and each sequence's state after its last real step.
        """
        outputs = []
        real = None
        if lengths is not None:
            inputs, real = zero_padding(inputs, lengths), mask(lengths, inputs.size(1))
        for time, x in enumerate(inputs.unbind(1)):
            output, after = output_and_state(self.step(x, state))
            outputs.append(output.to(inputs.dtype))
            state = tuple(
                new.to(old.dtype) if real is None else hold(real[:, time], new.to(old.dtype), old)
                for new, old in zip(after, state, strict=True)
            )
        stacked = torch.stack(outputs, dim=1)
        return stacked if lengths is None else zero_padding(stacked, lengths), state


class ParallelRecurrence(Recurrence):
    """A recurrence that can compute its states at all steps at once."""

    def scan(self, inputs: Tensor, state: State) -> State | tuple[Tensor, State]:
        """What `step` gives, at all steps at once, with an axis of time behind the batch.

        Args:
            inputs: (batch, time, input_size), neither axis empty.
            state: before the first step; each tensor is (batch, …).

        Returns:
            Each state tensor after every step, (batch, time, …), the output first; or the outputs
            (batch, time, output_size) and those.
        """
        raise NotImplementedError

    def advance(self, inputs: Tensor, lengths: Tensor | None, state: State) -> tuple[Tensor, State]:
        """Run over time at once, then read each sequence's state where it ends."""
        if inputs.size(1) == 1 and lengths is None:
            return super().advance(inputs, lengths, state)
        if lengths is not None:
            inputs = zero_padding(inputs, lengths)
        outputs, states = output_and_state(self.scan(inputs, state))
        outputs = outputs.to(inputs.dtype)
        pairs = [(new.to(old.dtype), old) for new, old in zip(states, state, strict=True)]
        if lengths is None:
            return outputs, tuple(new[:, -1] for new, _ in pairs)
        ends = tuple(
            last_step(new.flatten(2), lengths, old.flatten(1)).view(old.shape) for new, old in pairs
        )
        return zero_padding(outputs, lengths), ends


def output_and_state(found: State | tuple[Tensor, State]) -> tuple[Tensor, State]:
    """Split what a step returned into output and state; of a state alone, the first is the output.

    The output is (batch, …), of one step or of all; so is each state tensor.

    >>> h, c = torch.zeros(2), torch.ones(2)
    >>> output_and_state((h, c))[0] is h, output_and_state((c, (h,)))[0] is c
    (True, True)
    """
    if len(found) == 2 and isinstance(found[1], tuple):
        return found
    return found[0], found


def hold(real: Tensor, new: Tensor, old: Tensor) -> Tensor:
    """The new state of the sequences whose step is real, the old one of all others.

    Args:
        real: (batch,) bool.
        new: (batch, …).
        old: likewise.
    """
    return torch.where(real.view(-1, *[1] * (new.dim() - 1)), new, old)
