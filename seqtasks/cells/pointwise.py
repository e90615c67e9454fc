"""No recurrence at all: each step alone, y_t = tanh(W x_t + b).

A stack of these is a multilayer perceptron, the one-to-one network without a time axis.
"""

from __future__ import annotations

from torch import Tensor, nn

from seqtasks.cells.contract import ParallelRecurrence
from seqtasks.kernels.lengths import State


class Pointwise(ParallelRecurrence):
    """A dense layer with tanh; its state is the empty tuple."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(input_size, hidden_size, ())
        self.linear = nn.Linear(input_size, hidden_size)

    def step(self, x: Tensor, state: State) -> State | tuple[Tensor, State]:
        """The equation at the top of this file, for x (…, input_size)."""
        return self.linear(x).tanh(), ()

    def scan(self, inputs: Tensor, state: State) -> State | tuple[Tensor, State]:
        return self.step(inputs, state)
