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

from torch import Tensor, nn

from seqtasks.kernels.lengths import State, ragged


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
