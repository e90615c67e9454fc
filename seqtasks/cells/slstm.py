"""The sLSTM: exponential input gates, a normaliser, and memory that mixes within heads.

Beck et al., "xLSTM: Extended Long Short-Term Memory", NeurIPS 2024, section 2.2, equations 8 to 17,
with the logistic forget gate:

    z, ĩ, f̃, õ = W x_t + R h_{t-1} + b      one block each; R is block-diagonal, a block a head
    m_t = max(log σ(f̃) + m_{t-1}, ĩ)        stabiliser
    i   = exp(ĩ - m_t)
    f   = exp(log σ(f̃) + m_{t-1} - m_t)
    c_t = f ⊙ c_{t-1} + i ⊙ tanh(z)
    n_t = f ⊙ n_{t-1} + i
    h_t = σ(õ) ⊙ c_t / n_t

What the cell remembers is exp(m) c and exp(m) n; their ratio does not depend on m. One of the gates
i and f is always 1, so that n_t is at least 1 from the first step on. In the initial state n is 0:
the memory is empty, and m counts as minus infinity there, whatever it holds. Where a state comes
from outside, with n below 1, the ratio is c_t / 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqtasks.cells.orthogonal import orthogonal_
from seqtasks.errors import UsageError
from seqtasks.kernels.lengths import State
from seqtasks.kernels.loop import Step, SteppedRecurrence, unroll


class _SLSTMStep(Step):
    """States h, c, n, m; kept are the gates z, o, f, i after their functions, and σ(-f̃)."""

    kept = (4, 1)

    @staticmethod
    def forward(
        inputs: Tensor,
        recurrent: Tensor,
        before: Sequence[Tensor],
        after: Sequence[Tensor],
        kept: Sequence[Tensor],
        *weights: Tensor,
    ) -> None:
        """The equations at the top of this file."""
        (_, c, n, m), (h_t, c_t, n_t, m_t), (gates, closed) = before, after, kept
        z, o, f, i = torch.add(inputs, recurrent, out=gates).chunk(4, dim=-1)
        torch.sigmoid(-f, out=closed)
        carried = functional.logsigmoid(f).add_(m)
        torch.maximum(carried, i, out=m_t)
        torch.sub(carried, m_t, out=f).exp_()
        i.sub_(m_t).exp_()
        z.tanh_()
        o.sigmoid_()
        torch.mul(f, c, out=c_t).addcmul_(i, z)
        torch.addcmul(i, f, n, out=n_t)
        torch.div(c_t, n_t.clamp(min=1), out=h_t).mul_(o)

    @staticmethod
    def backward(
        grads: Sequence[Tensor],
        gradient: Tensor,
        grad_weights: Sequence[Tensor],
        before: Sequence[Tensor],
        after: Sequence[Tensor],
        kept: Sequence[Tensor],
        *weights: Tensor,
    ) -> None:
        """The chain rule; the maximum's gradient goes to the gate that equals 1."""
        (_, c, n, _), (_, c_t, n_t, _), (gates, closed) = before, after, kept
        (dh, dc, dn, dm), (z, o, f, i) = grads, gates.chunk(4, dim=-1)
        dz, do, df, di = gradient.chunk(4, dim=-1)
        divisor = n_t.clamp(min=1)
        ratio = c_t / divisor
        slope = dh.mul(o).div_(divisor)
        dc.add_(slope)
        dn.sub_(slope.mul_(ratio).mul_(n_t >= 1))
        torch.addcmul(dn, dc, z, out=di).mul_(i)  # of ĩ - m_t
        carried = dc.mul(c).addcmul_(dn, n).mul_(f)  # of log σ(f̃) + m_{t-1} - m_t
        dm.sub_(di).sub_(carried)
        largest = dm * (f == 1)
        di.add_(dm).sub_(largest)
        torch.add(carried, largest, out=dm)
        torch.mul(dm, closed, out=df)
        torch.mul(dh, ratio, out=do).mul_(o).mul_(1 - o)
        torch.mul(dc, i, out=dz).mul_(1 - z * z)
        dc.mul_(f)
        dn.mul_(f)


class SLSTM(SteppedRecurrence):
    """Exponential gating with memory mixing.

    State: (h, c, n, m), each of shape (batch, hidden_size).

    Args:
        input_size: features of each input step.
        hidden_size: units of the hidden state.
        heads: groups of units that mix their memories; divides ``hidden_size``.
        forget_bias: start value of the forget gate's bias.

    Raises:
        UsageError: ``heads`` does not divide ``hidden_size``.
    """

    def __init__(
        self, input_size: int, hidden_size: int, *, heads: int = 1, forget_bias: float = 1.0
    ) -> None:
        super().__init__()
        self.input_size, self.output_size = input_size, hidden_size
        self.state_shapes = ((hidden_size,),) * 4
        self.heads, self.forget_bias = heads, forget_bias
        size = head_size(hidden_size, heads)
        self.inputs = nn.Linear(input_size, 4 * hidden_size)  # rows: head by head z, o, f, i
        self.recurrent = nn.Parameter(torch.empty(heads, size, 4 * size))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Orthogonal recurrent and Xavier input blocks, zero biases but the forget gate's."""
        size = self.recurrent.size(1)
        with torch.no_grad():
            for block in self.inputs.weight.split(size):
                nn.init.xavier_uniform_(block)
            for head in self.recurrent:
                for block in head.split(size, dim=1):
                    block.copy_(orthogonal_(torch.empty_like(block)))
            nn.init.zeros_(self.inputs.bias)
            self.inputs.bias.view(self.heads, 4, size)[:, 2] = self.forget_bias

    def states(self, inputs: Tensor, state: State) -> State:
        """Every input product at once, then step by step."""
        h, c, n, m = state
        m = m.masked_fill(n == 0, -torch.inf)
        return unroll(_SLSTMStep, self.inputs(inputs), self.recurrent, (h, c, n, m))


def head_size(hidden_size: int, heads: int) -> int:
    """Units of each head.

    >>> head_size(6, 2)
    3
    """
    if heads < 1 or hidden_size % heads:
        raise UsageError(
            f"encoder.cell_options.heads={heads} does not divide encoder.hidden_size={hidden_size}"
        )
    return hidden_size // heads
