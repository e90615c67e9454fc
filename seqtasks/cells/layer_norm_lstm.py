"""An LSTM with layer normalisation inside.

Ba, Kiros and Hinton, "Layer normalization" (2016), equations 20 to 22 of the supplement:

    (f, i, o, g) = LN(U h_{t-1}; α₁) + LN(W x_t; α₂, b)
    c_t          = σ(f) ⊙ c_{t-1} + σ(i) ⊙ tanh(g)
    h_t          = σ(o) ⊙ tanh(LN(c_t; α₃, β₃))

LN(a; α, β) = α ⊙ (a - mean(a)) / √(var(a) + ε) + β over the features of each step. Each of the
first two norms covers all four gates. The paper adds three biases to the gates; b is their sum.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from seqtasks.cells.contract import ParallelRecurrence
from seqtasks.cells.initial import orthogonal_columns_, xavier_rows_
from seqtasks.kernels.layer_norm_lstm import EPSILON, layer_norm, layer_norm_lstm
from seqtasks.kernels.lengths import State


class LayerNormLSTM(ParallelRecurrence):
    """Three gates, two states, three norms.

    State: (h, c), each of shape (batch, hidden_size).

    Args:
        forget_bias: start value of the forget gate's bias.
    """

    def __init__(self, input_size: int, hidden_size: int, *, forget_bias: float = 1.0) -> None:
        super().__init__(input_size, hidden_size, ((hidden_size,), (hidden_size,)))
        self.inputs = nn.Linear(input_size, 4 * hidden_size, bias=False)  # rows: f, i, o, g
        self.recurrent = nn.Parameter(torch.empty(1, hidden_size, 4 * hidden_size))
        self.input_norm = nn.LayerNorm(4 * hidden_size, EPSILON)
        self.recurrent_gain = nn.Parameter(torch.ones(4 * hidden_size))
        self.cell_norm = nn.LayerNorm(hidden_size, EPSILON)
        xavier_rows_(self.inputs.weight, 4)
        orthogonal_columns_(self.recurrent[0])
        nn.init.constant_(self.input_norm.bias[:hidden_size], forget_bias)

    def step(self, x: Tensor, state: State) -> State:
        h, c = state
        gates = self.gates(x) + layer_norm(h @ self.recurrent[0], self.recurrent_gain)
        f, i, o, g = gates.chunk(4, dim=-1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * self.cell_norm(c).tanh()
        return h, c

    def scan(self, inputs: Tensor, state: State) -> State:
        norm, gain = self.cell_norm, self.recurrent_gain
        return layer_norm_lstm(
            self.gates(inputs), state, self.recurrent, gain, norm.weight, norm.bias
        )

    def gates(self, x: Tensor) -> Tensor:
        """LN(W x; α₂, b); x is (…, input_size)."""
        return self.input_norm(self.inputs(x))
