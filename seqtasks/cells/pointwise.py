"""No recurrence at all: each step alone, y_t = φ(W x_t + b).

A stack of these is a multilayer perceptron, the one-to-one network without a time axis.
"""

from __future__ import annotations

from torch import Tensor, nn

from seqtasks.cells.contract import Recurrence
from seqtasks.kernels.lengths import State, zero_padding


class Pointwise(Recurrence):
    """A dense layer with tanh; its state is the empty tuple.

    Args:
        input_size: features of each input step.
        hidden_size: features of each output step.
    """

    state_shapes = ()

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.input_size, self.output_size = input_size, hidden_size
        self.linear = nn.Linear(input_size, hidden_size)

    def advance(self, inputs: Tensor, lengths: Tensor | None, state: State) -> tuple[Tensor, State]:
        """Map every step on its own; shapes as in the contract."""
        outputs = self.linear(inputs).tanh()
        return outputs if lengths is None else zero_padding(outputs, lengths), ()
