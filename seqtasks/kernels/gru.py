"""The GRU, forward and back; its equations are those of the cell."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from seqtasks.kernels.affine import affine
from seqtasks.kernels.lengths import State
from seqtasks.kernels.loop import Now, Tensors, UnrolledStep, unroll


def gru(inputs: Tensor, state: State, weights: Sequence[Tensor]) -> State:
    """The state after every step, (batch, time, size).

    Args:
        inputs: (batch, time, input_size).
        state: h before the first step.
        weights: W, U, b and c, their rows in the order r, z, n.
    """
    W, U, b, c = weights
    size = U.size(1)
    [gates] = affine(inputs, W, b)
    # U's blocks as n, r, z: beside the inputs' r, z, n the gradients of both overlap.
    recurrent = U.roll(size, 0).t().unsqueeze(0)
    return unroll(GRU_STEP, gates, recurrent, state, bias=c.roll(size))


def _forward(inputs: Tensor, product: Tensor, now: Now) -> None:
    """Fill h, and what is kept: r and z, n, and U_n h_{t-1} + c_n."""
    (h,), (h_t,), (gates, n, candidate), _ = now
    size = n.size(-1)
    candidate.copy_(product[..., :size])
    torch.add(inputs[..., : 2 * size], product[..., size:], out=gates).sigmoid_()
    r, z = gates.chunk(2, dim=-1)
    torch.addcmul(inputs[..., 2 * size :], r, candidate, out=n).tanh_()
    torch.lerp(n, h, z, out=h_t)


def _factors(states: Tensors, kept: Tensors) -> Tensors:
    """By what ∂h_t is multiplied for z and n, then ∂n for the product's n and r; and z."""
    gates, n, candidate = kept
    r, z = gates.chunk(2, dim=-1)
    shut = 1 - z
    of_z = (states[0][:-1] - n).mul_(z).mul_(shut)
    of_n = torch.addcmul(n.new_ones(()), n, n, value=-1).mul_(shut)
    of_r = (1 - r).mul_(r).mul_(candidate)
    return torch.stack([of_z, of_n], dim=3), torch.stack([r, of_r], dim=3), z


def _backward(grads: Tensors, gradient: Tensor, grad_weights: Tensors, now: Now) -> None:
    """The chain rule; the gradient's blocks are the product's n, then r, z, n."""
    [dh], (by_state, by_candidate, z) = grads, now.kept
    blocks = gradient.unflatten(-1, (4, -1))
    torch.mul(dh.unsqueeze(-2), by_state, out=blocks[..., 2:, :])
    torch.mul(blocks[..., 3:, :], by_candidate, out=blocks[..., :2, :])
    dh.mul_(z)


GRU_STEP = UnrolledStep(
    _forward,
    _backward,
    kept=(2, 1, 1),
    blocks=4,
    of_inputs=slice(1, 4),
    of_products=slice(3),
    factors=_factors,
    direct=True,
)
