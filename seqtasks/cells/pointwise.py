"""No recurrence at all: each step alone, y_t = tanh(W x_t + b).

A stack of these is a multilayer perceptron, the one-to-one network without a time axis.
"""

from __future__ import annotations

from torch import Tensor, nn

from seqtasks.cells.contract import Recurrence
from seqtasks.kernels.lengths import State, zero_padding


class Pointwise(Recurrence):
    """A dense layer with tanh; its state is the empty tuple."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(input_size, hidden_size, ())
        self.linear = nn.Linear(input_size, hidden_size)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """The equation at the top of this file, for x (…, input_size)."""
        return self.linear(x).tanh(), ()

    def advance(self, inputs: Tensor, lengths: Tensor | None, state: State) -> tuple[Tensor, State]:
        """Map all steps at once."""
        outputs, state = self.step(inputs, state)
        return outputs if lengths is None else zero_padding(outputs, lengths), state
