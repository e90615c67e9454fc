"""The minimal long short-term memory: gates that read the input alone and sum to one.

Feng et al., "Were RNNs all we needed?", arXiv:2410.01201 (2024), section 3.2; g from appendix B:

    f_t, i_t = σ(W_f x_t + b_f), σ(W_i x_t + b_i)
    v_t      = W_v x_t + b_v                or g of it: g(x) = x + 1/2 for x ≥ 0, σ(x) below
    h_t      = f'_t ⊙ h_{t-1} + i'_t ⊙ v_t  with f' = f / (f + i), i' = i / (f + i)

Both gates may be too small to divide by. So their quotient is taken of their logarithms:
i' = σ(log i - log f) and f' = 1 - i'.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from seqtasks.cells.contract import ParallelRecurrence
from seqtasks.cells.initial import stacked
from seqtasks.cells.mingru import positive_part
from seqtasks.kernels.affine import blocks
from seqtasks.kernels.lengths import State
from seqtasks.kernels.scan import gated_scan


class MinLSTM(ParallelRecurrence):
    """Two gates, one state.

    State: (h,) of shape (batch, hidden_size).

    Args:
        positive: pass candidates through g.
        forget_bias: start value of the forget gate's bias.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        positive: bool = False,
        forget_bias: float = 1.0,
    ) -> None:
        super().__init__(input_size, hidden_size)
        self.positive = positive
        self.linear = stacked(input_size, hidden_size, 3)
        nn.init.constant_(self.linear.bias[:hidden_size], forget_bias)

    def step(self, x: Tensor, state: State) -> State:
        [h], [odds, v] = state, self.gates(x)
        i = odds.sigmoid()
        h = (1 - i) * h + i * v
        return (h,)

    def scan(self, inputs: Tensor, state: State) -> State:
        return (gated_scan(*self.gates(inputs), *state),)

    def gates(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The difference log i - log f, and the candidate; x is (…, input_size)."""
        f, i, v = blocks(self.linear, x, 3)
        return logsigmoid(i) - logsigmoid(f), positive_part(v) if self.positive else v
