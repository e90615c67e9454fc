"""Elman's simple recurrent network: h_t = φ(W x_t + b + U h_{t-1} + c).

Elman, "Finding structure in time", Cognitive Science 14 (1990), section 3. The two biases, of
which one would do, are those of torch and cuDNN.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from seqtasks.cells.fused import FusedRecurrence
from seqtasks.errors import UsageError
from seqtasks.kernels.elman import elman
from seqtasks.kernels.lengths import State

_FUNCTIONS = {"tanh": torch.tanh, "relu": torch.relu}


class Elman(FusedRecurrence):
    """A plain hidden state with tanh or relu.

    State: (h,) of shape (batch, hidden_size).

    Args:
        nonlinearity: φ, ``tanh`` or ``relu``.

    Raises:
        UsageError: another nonlinearity is named.
    """

    def __init__(self, input_size: int, hidden_size: int, *, nonlinearity: str = "tanh") -> None:
        if nonlinearity not in _FUNCTIONS:
            raise UsageError(f"it is tanh or relu, not '{nonlinearity}'", option="nonlinearity")
        super().__init__(nn.RNN(input_size, hidden_size, 1, nonlinearity, batch_first=True))
        self.nonlinearity, self.phi = nonlinearity, _FUNCTIONS[nonlinearity]

    def step(self, x: Tensor, state: State) -> State:
        [h], [W, U, b, c] = state, self.weights()
        h = self.phi(linear(x, W, b) + linear(h, U, c))
        return (h,)

    def scan(self, inputs: Tensor, state: State) -> State:
        return elman(self.nonlinearity, inputs, state, self.weights())
