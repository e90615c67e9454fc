"""Elementwise recurrences in time linear in the sequence, with one graph node for all steps.

A linear recurrence h_t = a_t ⊙ h_{t-1} + x_t is solved in one of two orders, both free of divisions
and logarithms, so that a decay may be exactly 0 or 1, or complex with |a| ≤ 1:

- step by step, one fused multiply-add each, where a step is wide enough to fill a processor;
- in pairs (Blelloch, "Prefix sums and their applications", 1990): two steps are one step of the
  same kind, h_t = (a_t a_{t-1}) h_{t-2} + (a_t x_{t-1} + x_t), so a sequence of half the length
  gives every second state, and one more step from each of those the states between. Work and memory
  are linear in time; the depth is the logarithm of time.

With g_t the gradient that reaches h_t from outside and δ_t its whole gradient, the derivative is
the same recurrence from the end to the beginning:

    δ_t = g_t + ā_{t+1} ⊙ δ_{t+1},    ∂x_t = δ_t,    ∂a_t = δ_t ⊙ h̄_{t-1}

A nonlinear recurrence h_t = F(h_{t-1}, x_t) runs step by step. Its gradient is linear all the same,
with decay ∂F/∂h_{t-1}, which is computed for all steps at once when the states are known.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

NARROW = 1024
"""Numbers in a step up to which a processor spends its time on calls, not on arithmetic."""

Steps = tuple[Tensor, ...]


def linear_scan(decay: Tensor, inputs: Tensor, initial: Tensor) -> Tensor:
    """h_t = decay_t ⊙ h_{t-1} + inputs_t; real or complex.

    Args:
        decay: (batch, time, size), or what broadcasts to it.
        inputs: (batch, time, size).
        initial: (batch, size).

    Returns:
        (batch, time, size), the state after every step.

    >>> linear_scan(torch.tensor(0.5), torch.tensor([[[1.0], [0.0], [4.0]]]), torch.zeros(1, 1))
    tensor([[[1.0000],
             [0.5000],
             [4.2500]]])
    """
    if inputs.numel() == 0:
        return inputs
    wide = in_widest_type(decay.expand(inputs.shape), inputs, initial)
    return LinearScan.apply(*wide).to(inputs.dtype)


def gated_scan(logits: Tensor, candidates: Tensor, initial: Tensor) -> Tensor:
    """h_t = (1 - z_t) ⊙ h_{t-1} + z_t ⊙ candidates_t, z = σ(logits).

    Logits and candidates are (batch, time, size), the initial state (batch, size), and the result
    is (batch, time, size).
    """
    if candidates.numel() == 0:
        return candidates
    return GatedScan.apply(*in_widest_type(logits, candidates, initial)).to(candidates.dtype)


def nonlinear_scan(
    step: Callable[..., Tensor], initial: Tensor, inputs: tuple[Tensor, ...], *weights: Tensor
) -> Tensor:
    """h_t = step(h_{t-1}, *inputs_t, *weights) for a step that treats every element alone.

    Args:
        step: differentiable; also gets all steps at once, (batch, time, size).
        initial: (batch, size).
        inputs: tensors (batch, time, size), at least one step.
        weights: tensors (size,), the same at every step.

    Returns:
        (batch, time, size), the state after every step.
    """
    wide = in_widest_type(initial, *inputs, *weights)
    return NonlinearScan.apply(step, len(inputs), *wide).to(inputs[0].dtype)


class LinearScan(torch.autograd.Function):
    """`linear_scan`: decay and inputs (batch, time, size), initial (batch, size)."""

    @staticmethod
    def forward(ctx: Any, decay: Tensor, inputs: Tensor, initial: Tensor) -> Tensor:
        states = solve(decay, inputs, initial)
        ctx.save_for_backward(decay, initial, states)
        return states

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        decay, initial, states = ctx.saved_tensors
        total = solve_backwards(decay, gradient)
        wants_decay, _, wants_initial = ctx.needs_input_grad
        for_decay = before(states, initial).conj() * total if wants_decay else None
        return for_decay, total, decay[:, 0].conj() * total[:, 0] if wants_initial else None


class GatedScan(torch.autograd.Function):
    """`gated_scan`: logits and candidates (batch, time, size), initial (batch, size)."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, candidates: Tensor, initial: Tensor) -> Tensor:
        gates = logits.sigmoid()
        if in_pairs(candidates):
            states = solve_in_pairs(1 - gates, gates * candidates, initial)
        else:
            state, states = initial, torch.empty_like(gates)
            steps = (gates.unbind(1), candidates.unbind(1), states.unbind(1))
            for z, v, place in zip(*steps, strict=True):
                state = torch.lerp(state, v, z, out=place)
        ctx.save_for_backward(gates, initial, states)
        return states

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        # ∂z_t = δ_t ⊙ (v_t - h_{t-1}), and z_t ⊙ (v_t - h_{t-1}) is the step from h_{t-1} to h_t
        gates, initial, states = ctx.saved_tensors
        decay = 1 - gates
        total = solve_backwards(decay, gradient)
        steps = torch.empty_like(states)
        torch.sub(states[:, 0], initial, out=steps[:, 0])
        torch.sub(states[:, 1:], states[:, :-1], out=steps[:, 1:])
        for_initial = decay[:, 0] * total[:, 0]
        return steps.mul_(decay).mul_(total), total.mul_(gates), for_initial


class NonlinearScan(torch.autograd.Function):
    """`nonlinear_scan`, with its step, initial (batch, size) and then the operands."""

    @staticmethod
    def forward(
        ctx: Any, step: Callable[..., Tensor], count: int, initial: Tensor, *operands: Tensor
    ) -> Tensor:
        ctx.step = step
        inputs, weights = operands[:count], operands[count:]  # those that run over time come first
        state, states = initial, []
        for now in zip(*(tensor.unbind(1) for tensor in inputs), strict=True):
            state = step(state, *now, *weights)
            states.append(state)
        stacked = torch.stack(states, dim=1)
        ctx.save_for_backward(stacked, initial, *operands)
        return stacked

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        states, initial, *operands = ctx.saved_tensors
        with torch.enable_grad():
            leaves = [t.detach().requires_grad_() for t in (before(states, initial), *operands)]
            after = ctx.step(*leaves)
        ones = torch.ones_like(after)
        [decay] = torch.autograd.grad(after, leaves[:1], ones, retain_graph=True)
        total = solve_backwards(decay, gradient)
        for_operands = torch.autograd.grad(after, leaves[1:], total)
        return None, None, decay[:, 0] * total[:, 0], *for_operands


def solve(decay: Tensor, inputs: Tensor, initial: Tensor) -> Tensor:
    """All states of a linear recurrence, (batch, time, size), in the faster of the two orders."""
    if in_pairs(inputs):
        return solve_in_pairs(decay, inputs, initial)
    states = torch.empty_like(inputs, memory_format=torch.contiguous_format)
    follow(decay.unbind(1), inputs.unbind(1), initial, states.unbind(1))
    return states


def solve_backwards(decay: Tensor, gradient: Tensor) -> Tensor:
    """δ_t = g_t + ā_{t+1} ⊙ δ_{t+1}, (batch, time, size)."""
    last = gradient[:, -1]
    decay, earlier = decay[:, 1:].conj(), gradient[:, :-1]
    if in_pairs(gradient):
        solved = solve_in_pairs(decay.flip(1), earlier.flip(1), last).flip(1)
        return torch.cat([solved, last.unsqueeze(1)], dim=1)
    total = torch.empty_like(gradient, memory_format=torch.contiguous_format)
    total[:, -1] = last
    follow(decay.unbind(1)[::-1], earlier.unbind(1)[::-1], last, total.unbind(1)[-2::-1])
    return total


def follow(decay: Steps, inputs: Steps, state: Tensor, states: Steps) -> None:
    """Step by step, each state written to its place; every tensor is (batch, size)."""
    for a, x, place in zip(decay, inputs, states, strict=True):
        state = torch.addcmul(x, a, state, out=place)


def solve_in_pairs(decay: Tensor, inputs: Tensor, initial: Tensor) -> Tensor:
    """In pairs: the odd states from a recurrence of half the length, the even ones from those.

    Shapes are those of `linear_scan`: decay, inputs and states (batch, time, size), the initial
    state (batch, size).
    """
    states = torch.empty_like(inputs, memory_format=torch.contiguous_format)
    if inputs.size(1) < 4:
        follow(decay.unbind(1), inputs.unbind(1), initial, states.unbind(1))
        return states
    pairs = inputs.size(1) // 2
    decay_even, decay_odd = decay[:, 0::2], decay[:, 1::2]
    inputs_even, inputs_odd = inputs[:, 0::2], inputs[:, 1::2]
    odd = solve_in_pairs(
        decay_odd * decay_even[:, :pairs],
        torch.addcmul(inputs_odd, decay_odd, inputs_even[:, :pairs]),
        initial,
    )
    behind = torch.cat([initial.unsqueeze(1), odd[:, : inputs_even.size(1) - 1]], dim=1)
    torch.addcmul(inputs_even, decay_even, behind, out=states[:, 0::2])
    states[:, 1::2] = odd
    return states


def in_pairs(steps: Tensor) -> bool:
    """Whether (batch, time, size) is better solved in pairs than step by step."""
    return not steps.is_cpu or steps.size(0) * steps.size(2) <= NARROW


def before(states: Tensor, initial: Tensor) -> Tensor:
    """The state before every step, from the states after every step, (batch, time, size)."""
    return torch.cat([initial.unsqueeze(1), states[:, :-1]], dim=1)


def widest(*tensors: Tensor) -> torch.dtype:
    """The type that a recurrence over the tensors adds up in: at least float32."""
    return functools.reduce(torch.promote_types, (t.dtype for t in tensors), torch.float32)


def in_widest_type(*tensors: Tensor) -> list[Tensor]:
    """The tensors, of any shapes, in their widest type."""
    dtype = widest(*tensors)
    return [tensor.to(dtype) for tensor in tensors]
