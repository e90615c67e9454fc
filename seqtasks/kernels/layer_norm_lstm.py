"""The LSTM with layer normalisation, forward and back; its equations are those of the cell."""

from __future__ import annotations

import torch
from torch import Tensor

from seqtasks.kernels.lengths import State
from seqtasks.kernels.loop import Now, Tensors, UnrolledStep, unroll

EPSILON = 1e-5
"""Added to a variance before its root is taken."""


def layer_norm_lstm(gates: Tensor, state: State, recurrent: Tensor, *weights: Tensor) -> State:
    """The states h and c after every step, (batch, time, size) each.

    Args:
        gates: (batch, time, 4 · size), the inputs' contributions to f, i, o, g.
        state: h and c before the first step.
        recurrent: (1, size, 4 · size), U.
        weights: the gain of U h's norm, and the gain and the bias of c's norm.
    """
    return unroll(LAYER_NORM_LSTM_STEP, gates, recurrent, state, *weights)


def layer_norm(inputs: Tensor, gain: Tensor, bias: Tensor | None = None) -> Tensor:
    """LN(inputs; gain, bias) over the last axis: inputs (…, size), gain and bias (size,)."""
    return torch.layer_norm(inputs, gain.shape, gain, bias, EPSILON)


def _forward(inputs: Tensor, recurrent: Tensor, now: Now) -> None:
    """Fill h, c, and what is kept: U h_{t-1}, the gates after their functions, tanh(LN(c_t))."""
    (_, c), (h_t, c_t), (product, gates, read), (gain, cell_gain, cell_bias) = now
    product.copy_(recurrent)
    torch.add(inputs, layer_norm(product, gain), out=gates)
    f, i, o, g = gates.chunk(4, dim=-1)
    gates[..., : -g.size(-1)].sigmoid_()
    g.tanh_()
    torch.mul(f, c, out=c_t).addcmul_(i, g)
    torch.tanh(layer_norm(c_t, cell_gain, cell_bias), out=read)
    torch.mul(o, read, out=h_t)


def _backward(grads: Tensors, gradient: Tensor, grad_weights: Tensors, now: Now) -> None:
    """The chain rule; the gradient's blocks are the inputs' four, then those of U h_{t-1}."""
    (_, c), (_, c_t), (product, gates, read), (gain, cell_gain, cell_bias) = now
    (dh, dc), (f, i, o, g) = grads, gates.chunk(4, dim=-1)
    grad_inputs, grad_product = gradient.chunk(2, dim=-1)
    df, di, do, dg = grad_inputs.chunk(4, dim=-1)
    d_norm = dh.mul(o).mul_(1 - read * read)
    d_cell, *d_cell_weights = norm_backward(d_norm, c_t, cell_gain, cell_bias)
    dc.add_(d_cell)
    torch.mul(dc, c, out=df)
    torch.mul(dc, g, out=di)
    torch.mul(dh, read, out=do)
    torch.mul(dc, i, out=dg).mul_(1 - g * g)
    dc.mul_(f)
    opened = gates[..., : -g.size(-1)]
    grad_inputs[..., : -g.size(-1)].mul_(opened).mul_(1 - opened)
    d_product, d_gain, _ = norm_backward(grad_inputs, product, gain)
    grad_product.copy_(d_product)
    for total, part in zip(grad_weights, (d_gain, *d_cell_weights), strict=True):
        total += part


def norm_backward(
    grad: Tensor, inputs: Tensor, gain: Tensor, bias: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients of a norm's inputs, gain and bias from that of its result.

    Inputs and ``grad`` are (…, size), gain and bias (size,).
    """
    shape = list(gain.shape)
    _, mean, scale = torch.native_layer_norm(inputs, shape, gain, bias, EPSILON)
    wanted = [True, True, bias is not None]
    return torch.ops.aten.native_layer_norm_backward(
        grad, inputs, shape, mean, scale, gain, bias, wanted
    )


LAYER_NORM_LSTM_STEP = UnrolledStep(
    _forward, _backward, (4, 4, 1), blocks=8, of_inputs=slice(4), of_products=slice(4, 8)
)
