"""Long short-term memory with a forget gate.

Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9 (1997); forget gate by
Gers et al. (2000), its bias started at 1 as Jozefowicz et al. (2015), section 2.2, advise:

    i, f, o = σ(W x_t + b + U h_{t-1} + d)      one block each
    g       = tanh(W_g x_t + b_g + U_g h_{t-1} + d_g)
    c_t     = f ⊙ c_{t-1} + i ⊙ g
    h_t     = o ⊙ tanh(c_t)
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.functional import linear

from seqtasks.cells.fused import FusedRecurrence
from seqtasks.kernels.lengths import State


class LSTM(FusedRecurrence):
    """Three gates, two states.

    State: (h, c), each of shape (batch, hidden_size).

    Args:
        forget_bias: start value of the forget gate's bias.
        weight_drop: share of recurrent weights dropped in training, as in `FusedRecurrence`.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        forget_bias: float = 1.0,
        weight_drop: float = 0.0,
    ) -> None:
        super().__init__(nn.LSTM(input_size, hidden_size, batch_first=True), weight_drop)
        nn.init.constant_(self.rnn.all_weights[0][2][hidden_size : 2 * hidden_size], forget_bias)

    def step(self, x: Tensor, state: State) -> State:
        [h, c], [W, U, b, d] = state, self.weights()
        i, f, g, o = (linear(x, W, b) + linear(h, U, d)).chunk(4, dim=-1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, c
