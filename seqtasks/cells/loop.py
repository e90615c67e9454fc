"""Unrolling of recurrences that no library call computes: forward and back, linear in the length.

A cell writes down one `Step`: its equations, and their derivative by the chain rule. `unroll`
walks over time in memory that is allocated once. On the way back it gathers the gradients of the
recurrent products h_{t-1} R, so that the gradient of R is one matrix product after the walk.
Inside, tensors are (time, heads, batch, size): the slice of a step is contiguous.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqtasks.cells.contract import State
from seqtasks.cells.scan import ScanRecurrence


class Step:
    """One step of a recurrence, h first among its states, on tensors (heads, batch, …).

    Attributes:
        kept: what the derivative needs besides the states, in multiples of their size.
        additive: whether the gates are the sum of the input's and the recurrent contribution,
            so that both have one gradient.
    """

    kept: ClassVar[tuple[int, ...]]
    additive: ClassVar[bool] = True

    @staticmethod
    def forward(
        inputs: Tensor,
        recurrent: Tensor,
        before: Sequence[Tensor],
        after: Sequence[Tensor],
        kept: Sequence[Tensor],
        *weights: Tensor,
    ) -> None:
        """Fill ``after`` and ``kept``.

        Args:
            inputs: (heads, batch, gates · size), the input's contribution to the gates.
            recurrent: h_{t-1} R, of the same shape.
            before: the states at t - 1.
            after: the states at t.
            kept: for ``backward``.
            weights: further parameters.
        """
        raise NotImplementedError

    @staticmethod
    def backward(
        grads: Sequence[Tensor],
        grad_inputs: Tensor,
        grad_recurrent: Tensor,
        grad_weights: Sequence[Tensor],
        before: Sequence[Tensor],
        after: Sequence[Tensor],
        kept: Sequence[Tensor],
        *weights: Tensor,
    ) -> None:
        """Fill the gradients of what ``forward`` was given.

        Args:
            grads: of the states at t; turned into those at t - 1, but for h's, which goes there
                through the recurrent product alone.
            grad_inputs: to be filled.
            grad_recurrent: to be filled; the same tensor where the step is additive.
            grad_weights: to be added to.
            before: as in ``forward``, and so are the rest.
            after: filled by ``forward``.
            kept: filled by ``forward``.
            weights: further parameters.
        """
        raise NotImplementedError


class _Unroll(torch.autograd.Function):
    """All steps as one node of the graph."""

    @staticmethod
    def forward(
        ctx: Any, step: type[Step], number: int, inputs: Tensor, recurrent: Tensor, *more: Tensor
    ) -> tuple[Tensor, ...]:
        """Each state at each step; ``more`` is the ``number`` initial states, then weights."""
        start, weights = more[:number], more[number:]
        time, heads, batch, _ = inputs.shape
        size = recurrent.size(1)
        states = [inputs.new_empty(time + 1, heads, batch, size) for _ in start]
        kept = [inputs.new_empty(time, heads, batch, times * size) for times in step.kept]
        for state, first in zip(states, start, strict=True):
            state[0] = first
        product = torch.empty_like(inputs[0])
        steps = list(zip(*(state.unbind() for state in states), strict=True))
        keeps = list(zip(*(values.unbind() for values in kept), strict=True))
        for t, step_inputs in enumerate(inputs.unbind()):
            torch.bmm(steps[t][0], recurrent, out=product)
            step.forward(step_inputs, product, steps[t], steps[t + 1], keeps[t], *weights)
        ctx.save_for_backward(recurrent, *weights, *states, *kept)
        ctx.step, ctx.shape, ctx.counts = step, inputs.shape, (len(weights), number)
        ctx.set_materialize_grads(False)
        return tuple(state[1:] for state in states)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grad_states: Tensor | None) -> tuple[Tensor | None, ...]:
        """Back through time, then one product for the recurrent weight."""
        recurrent, *rest = ctx.saved_tensors
        weights, rest = rest[: ctx.counts[0]], rest[ctx.counts[0] :]
        states, kept = rest[: ctx.counts[1]], rest[ctx.counts[1] :]
        grads = [torch.zeros_like(state[0]) for state in states]
        grad_weights = [torch.zeros_like(weight) for weight in weights]
        grad_inputs = states[0].new_empty(ctx.shape)
        grad_products = grad_inputs if ctx.step.additive else torch.empty_like(grad_inputs)
        given = [(g, d.unbind()) for g, d in zip(grads, grad_states, strict=True) if d is not None]
        steps = list(zip(*(state.unbind() for state in states), strict=True))
        keeps = list(zip(*(values.unbind() for values in kept), strict=True))
        for t in reversed(range(ctx.shape[0])):
            for grad, at_step in given:
                grad += at_step[t]
            ctx.step.backward(
                grads,
                grad_inputs[t],
                grad_products[t],
                grad_weights,
                steps[t],
                steps[t + 1],
                keeps[t],
                *weights,
            )
            torch.bmm(grad_products[t], recurrent.mT, out=grads[0])
        hidden, products = (
            tensor.transpose(0, 1).flatten(1, 2) for tensor in (states[0][:-1], grad_products)
        )
        return None, None, grad_inputs, hidden.mT @ products, *grads, *grad_weights


def unroll(
    step: type[Step], inputs: Tensor, recurrent: Tensor, state: State, *weights: Tensor
) -> State:
    """Every state after every step.

    Args:
        step: the recurrence.
        inputs: (batch, time, heads · gates · size), the inputs' contributions to the gates.
        recurrent: (heads, size, gates · size), R: a block for each head.
        state: before the first step, (batch, heads · size) each.
        weights: further parameters of the step.

    Returns:
        (batch, time, heads · size) for each state.
    """
    heads, dtype = recurrent.size(0), recurrent.dtype
    gates = inputs.to(dtype).unflatten(-1, (heads, -1)).permute(1, 2, 0, 3).contiguous()
    start = [s.to(dtype).unflatten(-1, (heads, -1)).transpose(0, 1) for s in state]
    states = _Unroll.apply(step, len(start), gates, recurrent, *start, *weights)
    return tuple(s.permute(2, 0, 1, 3).flatten(2) for s in states)


class SteppedRecurrence(ScanRecurrence):
    """A scan whose output is the first of its states."""

    def states(self, inputs: Tensor, state: State) -> State:
        """Every state after every step, (batch, time, …); h, the output, comes first.

        Args:
            inputs: (batch, time, input_size), neither axis empty.
            state: before the first step.
        """
        raise NotImplementedError

    def scan(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """All steps; shapes as in `ScanRecurrence`."""
        states = self.states(inputs, state)
        return states[0], states
