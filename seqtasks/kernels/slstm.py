"""The sLSTM, forward and back; its equations are those of the cell."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from seqtasks.kernels.lengths import State
from seqtasks.kernels.loop import Now, Tensors, UnrolledStep, unroll


def slstm(gates: Tensor, state: State, recurrent: Tensor) -> State:
    """The states h, c, n and m after every step, (batch, time, heads · size) each.

    Args:
        gates: (batch, time, heads · 4 · size), contributions of the inputs, head by head
            to z, o, f, i.
        state: h, c, n and m before the first step, (batch, heads · size) each.
        recurrent: (heads, size, 4 · size), R.
    """
    h, c, n, m = state
    m = m.masked_fill(n == 0, -torch.inf)  # an empty memory
    return unroll(SLSTM_STEP, gates, recurrent, (h, c, n, m))


def _forward(inputs: Tensor, recurrent: Tensor, now: Now) -> None:
    """Fill h, c, n, m, and what is kept: the gates z, o, f, i after their functions, and σ(-f̃)."""
    (_, c, n, m), (h_t, c_t, n_t, m_t), (gates, closed), _ = now
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


def _backward(grads: Tensors, gradient: Tensor, grad_weights: Tensors, now: Now) -> None:
    """The chain rule; the maximum's gradient goes to the gate that equals 1."""
    (_, c, n, _), (_, c_t, n_t, _), (gates, closed), _ = now
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


SLSTM_STEP = UnrolledStep(_forward, _backward, kept=(4, 1))
