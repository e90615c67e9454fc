"""The gated recurrent unit.

Cho et al., "Learning phrase representations using RNN encoder-decoder", EMNLP 2014, section 2.3,
with the reset gate applied after the recurrent product, as in cuDNN:

    r_t = σ(W_r x_t + b_r + U_r h_{t-1} + c_r)
    z_t = σ(W_z x_t + b_z + U_z h_{t-1} + c_z)
    n_t = tanh(W_n x_t + b_n + r_t ⊙ (U_n h_{t-1} + c_n))
    h_t = (1 - z_t) ⊙ n_t + z_t ⊙ h_{t-1}
"""

from __future__ import annotations

from torch import Tensor, nn

from seqtasks.cells.fused import FusedRecurrence
from seqtasks.kernels.affine import affine
from seqtasks.kernels.gru import gru
from seqtasks.kernels.lengths import State


class GRU(FusedRecurrence):
    """Two gates, one state.

    State: (h,) of shape (batch, hidden_size).

    Args:
        weight_drop: share of recurrent weights dropped in training, as in `FusedRecurrence`.
    """

    def __init__(self, input_size: int, hidden_size: int, *, weight_drop: float = 0.0) -> None:
        super().__init__(nn.GRU(input_size, hidden_size, batch_first=True), weight_drop)

    def step(self, x: Tensor, state: State) -> State:
        [h], [W, U, b, c] = state, self.weights()
        x_r, x_z, x_n = affine(x, W, b, 3)
        h_r, h_z, h_n = affine(h, U, c, 3)
        r = (x_r + h_r).sigmoid()
        z = (x_z + h_z).sigmoid()
        n = (x_n + r * h_n).tanh()
        h = (1 - z) * n + z * h
        return (h,)

    def scan(self, inputs: Tensor, state: State) -> State:
        return gru(inputs, state, self.weights())
