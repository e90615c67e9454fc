"""Elman's recurrence, forward and back; its equation is that of the cell."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from seqtasks.kernels.affine import affine
from seqtasks.kernels.lengths import State
from seqtasks.kernels.loop import Now, Tensors, UnrolledStep, unroll


def elman(nonlinearity: str, inputs: Tensor, state: State, weights: Sequence[Tensor]) -> State:
    """The state after every step, (batch, time, size).

    Args:
        nonlinearity: ``tanh`` or ``relu``.
        inputs: (batch, time, input_size).
        state: h before the first step.
        weights: W, U, b and c.
    """
    W, U, b, c = weights
    [sums] = affine(inputs, W, b + c)
    return unroll(ELMAN_STEPS[nonlinearity], sums, U.t().unsqueeze(0), state)


def _tanh(inputs: Tensor, product: Tensor, now: Now) -> None:
    torch.add(inputs, product, out=now.after[0]).tanh_()


def _tanh_factor(states: Tensors, kept: Tensors) -> Tensors:
    """tanh′ = 1 - h²."""
    h = states[0][1:]
    return (torch.addcmul(h.new_ones(()), h, h, value=-1),)


def _relu(inputs: Tensor, product: Tensor, now: Now) -> None:
    torch.add(inputs, product, out=now.after[0]).relu_()


def _relu_factor(states: Tensors, kept: Tensors) -> Tensors:
    """relu′ is 1 where h is positive, else 0."""
    h = states[0][1:]
    return ((h > 0).to(h.dtype),)


def _backward(grads: Tensors, gradient: Tensor, grad_weights: Tensors, now: Now) -> None:
    """The chain rule; the gradient is that of the sum under φ."""
    torch.mul(grads[0], now.kept[0], out=gradient)


ELMAN_STEPS = {
    "tanh": UnrolledStep(_tanh, _backward, kept=(), factors=_tanh_factor),
    "relu": UnrolledStep(_relu, _backward, kept=(), factors=_relu_factor),
}
