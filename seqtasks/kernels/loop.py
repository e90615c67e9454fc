"""Loops over time with a backward pass of their own, for recurrences that no library computes.

A recurrence writes one `UnrolledStep`: its equations, and their derivative by the chain rule.
`unroll` walks over time in memory that is allocated once. On the way back it gathers the gradients
of the recurrent products h_{t-1} R, so that the gradient of R is one matrix product after the walk.
Inside, tensors are (time, heads, batch, size): the slice of a step is contiguous.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqtasks.kernels.affine import multiplier, outer
from seqtasks.kernels.lengths import State

Tensors = Sequence[Tensor]


class Now(NamedTuple):
    """The tensors of one step, (heads, batch, …).

    Attributes:
        before: the states at t - 1, h first.
        after: the states at t, which ``forward`` fills.
        kept: what ``forward`` keeps for ``backward``.
        weights: further parameters.
    """

    before: Tensors
    after: Tensors
    kept: Tensors
    weights: Tensors


class UnrolledStep(NamedTuple):
    """One step of a recurrence.

    Attributes:
        forward: ``forward(inputs, product, now)`` fills what ``now`` is to hold after the step from
            the input's contribution to the gates and the product h_{t-1} R, both
            (heads, batch, gates · size).
        backward: ``backward(grads, gradient, grad_weights, now)`` is the derivative. It turns
            ``grads``, those of the states at t, into those at t - 1, but for that of h, which flows
            through the product alone; fills ``gradient``, (heads, batch, blocks · size); and adds
            to the gradients of the weights.
        kept: sizes of what is kept, in multiples of a state's.
        blocks: blocks of ``gradient``, in multiples of a state's size; None for as many as there
            are gates.
        of_inputs: the blocks that are the gradient of the input's contribution.
        of_products: the blocks that are the gradient of the product; the same ones where the gates
            are the sum of both.
        factors: ``factors(states, kept)`` is what ``backward`` finds as ``now.kept``, computed for
            all steps at once from the states (time + 1, heads, batch, size) and from what
            ``forward`` kept; None for the latter.
        direct: whether h_{t-1} reaches h_t past the product too; ``backward`` leaves the gradient
            of that way in ``grads``.
    """

    forward: Callable[[Tensor, Tensor, Now], None]
    backward: Callable[[Tensors, Tensor, Tensors, Now], None]
    kept: tuple[int, ...]
    blocks: int | None = None
    of_inputs: slice = slice(None)
    of_products: slice = slice(None)
    factors: Callable[[Tensors, Tensors], Tensors] | None = None
    direct: bool = False


class Unroll(torch.autograd.Function):
    """All steps as one node of the graph."""

    @staticmethod
    def forward(
        ctx: Any,
        step: UnrolledStep,
        number: int,
        inputs: Tensor,
        recurrent: Tensor,
        bias: Tensor | None,
        *more: Tensor,
    ) -> tuple[Tensor, ...]:
        """Each state at each step; ``more`` is the ``number`` initial states, then weights.

        Inputs are (time, heads, batch, gates · size), the recurrent matrix
        (heads, size, gates · size), the bias (gates · size,), and each initial state
        (heads, batch, size).
        """
        start, weights = more[:number], more[number:]
        time, heads, batch, ctx.width = inputs.shape
        size = recurrent.size(1)
        states = [inputs.new_empty(time + 1, heads, batch, size) for _ in start]
        kept = [inputs.new_empty(time, heads, batch, times * size) for times in step.kept]
        for state, first in zip(states, start, strict=True):
            state[0] = first
        multiply = multiplier(recurrent, batch, bias)
        steps, keeps = by_step(states, time + 1), by_step(kept, time)
        for t, step_inputs in enumerate(inputs.unbind()):
            now = Now(steps[t], steps[t + 1], keeps[t], weights)
            step.forward(step_inputs, multiply(steps[t][0]), now)
        ctx.save_for_backward(recurrent, *weights, *states, *kept)
        ctx.step, ctx.weights, ctx.states, ctx.biased = step, len(weights), number, bias is not None
        ctx.set_materialize_grads(False)
        return tuple(state[1:] for state in states)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grad_states: Tensor | None) -> tuple[Tensor | None, ...]:
        """Back through time, then one product for the recurrent weight."""
        recurrent, *rest = ctx.saved_tensors
        weights, rest = rest[: ctx.weights], rest[ctx.weights :]
        states, kept = rest[: ctx.states], rest[ctx.states :]
        step: UnrolledStep = ctx.step
        length, heads, batch, size = states[0].shape
        grads = [torch.zeros_like(state[0]) for state in states]
        grad_weights = [torch.zeros_like(weight) for weight in weights]
        width = size * step.blocks if step.blocks else ctx.width
        gradient = states[0].new_empty(length - 1, heads, batch, width)
        grad_inputs, grad_products = (
            gradient[..., columns(part, size)] for part in (step.of_inputs, step.of_products)
        )
        multiply = multiplier(recurrent.mT, batch)
        given = [(i, grad.unbind()) for i, grad in enumerate(grad_states) if grad is not None]
        factors = kept if step.factors is None else step.factors(states, kept)
        steps, keeps = by_step(states, length), by_step(factors, length - 1)
        filled, products = gradient.unbind(), grad_products.unbind()
        for t in reversed(range(length - 1)):
            for i, grad in given:
                grads[i].add_(grad[t])
            now = Now(steps[t], steps[t + 1], keeps[t], weights)
            step.backward(grads, filled[t], grad_weights, now)
            past = multiply(products[t])
            if step.direct:
                grads[0].add_(past)
            else:
                grads[0].copy_(past)
        grad_recurrent = outer(states[0][:-1], grad_products)
        grad_bias = grad_products.sum((0, 1, 2)) if ctx.biased else None
        return None, None, grad_inputs, grad_recurrent, grad_bias, *grads, *grad_weights


def by_step(tensors: Tensors, count: int) -> list[tuple[Tensor, ...]]:
    """Tensors (count, …) as one tuple of their parts for each step."""
    return list(zip(*(tensor.unbind() for tensor in tensors), strict=True)) or [()] * count


def columns(part: slice, size: int) -> slice:
    """A slice of blocks as one of columns.

    >>> columns(slice(1, 4), 10), columns(slice(None), 10)
    (slice(10, 40, None), slice(None, None, None))
    """
    start, stop = (None if bound is None else bound * size for bound in (part.start, part.stop))
    return slice(start, stop)


def unroll(
    step: UnrolledStep,
    inputs: Tensor,
    recurrent: Tensor,
    state: State,
    *weights: Tensor,
    bias: Tensor | None = None,
) -> State:
    """Every state after every step.

    Args:
        step: the recurrence.
        inputs: (batch, time, heads · gates · size), the inputs' contributions to the gates.
        recurrent: (heads, size, gates · size), R: a block for each head.
        state: before the first step, (batch, heads · size) each.
        weights: further parameters of the step.
        bias: (gates · size,), added to the products of a single head.

    Returns:
        (batch, time, heads · size) for each state.
    """
    heads, dtype = recurrent.size(0), recurrent.dtype
    gates = inputs.to(dtype).unflatten(-1, (heads, -1)).permute(1, 2, 0, 3).contiguous()
    start = [s.to(dtype).unflatten(-1, (heads, -1)).transpose(0, 1) for s in state]
    states = Unroll.apply(step, len(start), gates, recurrent, bias, *start, *weights)
    return tuple(s.permute(2, 0, 1, 3).flatten(2) for s in states)
