"""The sLSTM: exponential input gates, a normaliser, and memory that mixes within heads.

Beck et al., "xLSTM: Extended Long Short-Term Memory", NeurIPS 2024, section 2.2, equations 8 to 17,
with the logistic forget gate:

    z, õ, f̃, ĩ = W x_t + b + R h_{t-1}      one block each; R is block-diagonal, a block a head
    m_t = max(log σ(f̃) + m_{t-1}, ĩ)        stabiliser
    i   = exp(ĩ - m_t)
    f   = exp(log σ(f̃) + m_{t-1} - m_t)
    c_t = f ⊙ c_{t-1} + i ⊙ tanh(z)
    n_t = f ⊙ n_{t-1} + i
    h_t = σ(õ) ⊙ c_t / n_t

What the cell remembers is exp(m) c and exp(m) n; their ratio does not depend on m. One of the gates
i and f is always 1, so that n_t is at least 1 from the first step on. In the initial state n is 0:
the memory is empty, and m counts as minus infinity there, whatever m holds. Where a state comes
from outside, with n below 1, the ratio is c_t / 1.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from seqtasks.cells.contract import ParallelRecurrence
from seqtasks.cells.initial import orthogonal_columns_, xavier_rows_
from seqtasks.errors import UsageError
from seqtasks.kernels.lengths import State
from seqtasks.kernels.slstm import slstm


class SLSTM(ParallelRecurrence):
    """Exponential gating with memory mixing.

    State: (h, c, n, m), each of shape (batch, hidden_size).

    Args:
        heads: groups of units that mix their memories; divides ``hidden_size``.
        forget_bias: start value of the forget gate's bias.

    Raises:
        UsageError: ``heads`` does not divide ``hidden_size``.
    """

    def __init__(
        self, input_size: int, hidden_size: int, *, heads: int = 1, forget_bias: float = 1.0
    ) -> None:
        super().__init__(input_size, hidden_size, ((hidden_size,),) * 4)
        self.heads, size = heads, head_size(hidden_size, heads)
        self.inputs = nn.Linear(input_size, 4 * hidden_size)  # rows: head by head z, o, f, i
        self.recurrent = nn.Parameter(torch.empty(heads, size, 4 * size))
        xavier_rows_(self.inputs.weight, 4 * heads)
        for head in self.recurrent:
            orthogonal_columns_(head)
        nn.init.zeros_(self.inputs.bias)
        nn.init.constant_(self.inputs.bias.view(heads, 4, size)[:, 2], forget_bias)

    def step(self, x: Tensor, state: State) -> State:
        h, c, n, m = state
        m = m.masked_fill(n == 0, -torch.inf)
        recurrent = h.unflatten(1, (self.heads, 1, -1)) @ self.recurrent  # (batch, heads, 1, 4 …)
        gates = (self.inputs(x) + recurrent.flatten(1)).unflatten(1, (self.heads, 4, -1))
        z, o, f, i = (gates[:, :, number].flatten(1) for number in range(4))
        f = logsigmoid(f) + m
        m = torch.maximum(f, i)
        f, i = (f - m).exp(), (i - m).exp()
        c = f * c + i * z.tanh()
        n = f * n + i
        h = o.sigmoid() * c / n.clamp(min=1)
        return h, c, n, m

    def scan(self, inputs: Tensor, state: State) -> State:
        return slstm(self.inputs(inputs), state, self.recurrent)


def head_size(hidden_size: int, heads: int) -> int:
    """Units of each head.

    Raises:
        UsageError: the heads do not divide the units.

    >>> head_size(6, 2)
    3
    """
    if heads < 1 or hidden_size % heads:
        raise UsageError(
            f"{heads} does not divide `hidden_size`={hidden_size}; choose a divisor", option="heads"
        )
    return hidden_size // heads
