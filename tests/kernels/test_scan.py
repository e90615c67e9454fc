"""Scans against plain loops, in value and gradient, at the edges of their domain."""

from __future__ import annotations

import pytest
import torch
from torch.autograd import gradcheck

from seqtasks.kernels import affine, scan

LENGTHS = (1, 2, 3, 4, 5, 8, 13, 32)
TYPES = (torch.float64, torch.complex128)


def unrolled(decay, inputs, initial):
    state, states = initial, []
    for time in range(inputs.size(1)):
        state = decay[:, time] * state + inputs[:, time]
        states.append(state)
    return torch.stack(states, dim=1)


def problem(time, dtype=torch.float64, batch=3, size=4):
    generator = torch.Generator().manual_seed(time)
    draw = [torch.randn(batch, time, size, 2, generator=generator).double() for _ in range(2)]
    decay, inputs = (torch.view_as_complex(tensor) for tensor in draw)
    decay = decay / decay.abs().clamp(min=1)
    initial = inputs[:, 0].flip(0)
    operands = (decay, inputs, initial)
    if not dtype.is_complex:
        operands = tuple(tensor.real for tensor in operands)
    return tuple(tensor.to(dtype).clone().requires_grad_() for tensor in operands)


@pytest.fixture(params=[0, 1024], ids=["step by step", "in pairs"])
def order(request, monkeypatch):
    monkeypatch.setattr(scan, "NARROW", request.param)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("time", LENGTHS)
@pytest.mark.usefixtures("order")
def test_a_linear_scan_equals_its_unrolled_loop(time, dtype):
    operands = problem(time, dtype)
    ours, theirs = scan.linear_scan(*operands), unrolled(*operands)
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)
    weights = torch.arange(1, ours.numel() + 1).view(ours.shape).to(dtype)
    mine = torch.autograd.grad((ours * weights).sum().abs(), operands)
    expected = torch.autograd.grad((theirs * weights).sum().abs(), operands)
    torch.testing.assert_close(mine, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("time", [1, 5, 8])
@pytest.mark.usefixtures("order")
def test_gradients_of_a_linear_scan_are_right(time, dtype):
    assert gradcheck(scan.linear_scan, problem(time, dtype, batch=2, size=2))


@pytest.mark.usefixtures("order")
def test_a_decay_that_is_the_same_at_every_step_broadcasts():
    _, inputs, initial = problem(7)
    decay = torch.tensor([0.2, 0.5, 0.9, 1.0]).double().requires_grad_()
    expected = unrolled(decay.expand(inputs.shape), inputs, initial)
    torch.testing.assert_close(scan.linear_scan(decay, inputs, initial), expected)
    assert gradcheck(scan.linear_scan, (decay, inputs, initial))


@pytest.mark.parametrize("time", [1, 2, 7])
@pytest.mark.usefixtures("order")
def test_a_gated_scan_equals_a_linear_one_and_its_gradients_are_right(time):
    logits, candidates, initial = problem(time)
    gates = logits.sigmoid()
    expected = unrolled(1 - gates, gates * candidates, initial)
    torch.testing.assert_close(scan.gated_scan(logits, candidates, initial), expected)
    assert gradcheck(scan.gated_scan, (logits, candidates, initial))


@pytest.mark.usefixtures("order")
def test_a_nonlinear_scan_equals_its_loop_and_its_gradients_are_right():
    def step(state, first, second, weight):
        return (first + weight * state.sin()).tanh() + second * state

    first, second, initial = problem(6)
    weight = torch.tensor([0.5, -2.0, 1.0, 0.1]).double().requires_grad_()
    state, states = initial, []
    for time in range(6):
        state = step(state, first[:, time], second[:, time], weight)
        states.append(state)
    ours = scan.nonlinear_scan(step, initial, (first, second), weight)
    torch.testing.assert_close(ours, torch.stack(states, dim=1))
    assert gradcheck(
        lambda h, a, b, w: scan.nonlinear_scan(step, h, (a, b), w),
        (initial, first, second, weight),
    )


@pytest.mark.usefixtures("order")
def test_decays_of_exactly_zero_and_one_stay_finite_for_4096_steps():
    decay = (torch.arange(4096) % 7 > 0).float().view(1, -1, 1).expand(2, -1, 3)
    decay = decay.contiguous().requires_grad_()
    inputs = torch.full((2, 4096, 3), 1e30, requires_grad=True)
    states = scan.linear_scan(decay, inputs, torch.full((2, 3), 1e30))
    torch.testing.assert_close(states[:, 6], torch.full((2, 3), 7e30))
    torch.testing.assert_close(states[:, 7], torch.full((2, 3), 1e30))
    states.sum().backward()
    assert decay.grad.isfinite().all()
    assert inputs.grad.unique().tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_both_orders_agree_for_4096_float32_steps_with_long_memory(monkeypatch):
    generator = torch.Generator().manual_seed(0)
    decay = 1 - 0.01 * torch.rand(2, 4096, 4, generator=generator)
    inputs = torch.randn(2, 4096, 4, generator=generator) * (1 - decay).sqrt()
    answers = []
    for narrow in (0, 1024):
        monkeypatch.setattr(scan, "NARROW", narrow)
        answers.append(scan.linear_scan(decay, inputs, torch.zeros(2, 4)))
    torch.testing.assert_close(*answers, rtol=1e-5, atol=1e-5)


def test_a_scan_is_one_node_however_long():
    def nodes(time):
        seen, stack = set(), [scan.linear_scan(*problem(time)).grad_fn]
        while stack:
            node = stack.pop()
            if node is not None and node not in seen:
                seen.add(node)
                stack.extend(parent for parent, _ in node.next_functions)
        return len(seen)

    assert nodes(4) == nodes(200) < 10


def test_bfloat16_adds_up_in_float32():
    ones = torch.ones(1, 1000, 1, dtype=torch.bfloat16)
    states = scan.linear_scan(ones, ones, torch.zeros(1, 1, dtype=torch.bfloat16))
    assert states.dtype == torch.bfloat16
    assert states[0, -1].item() == 1000


def test_second_derivatives_are_refused():
    operands = problem(4)
    total = scan.linear_scan(*operands).square().sum()
    [gradient] = torch.autograd.grad(total, operands[:1], create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()


@pytest.mark.parametrize("shape", [(0, 5, 3), (2, 0, 3)])
def test_nothing_to_scan(shape):
    nothing = torch.zeros(shape)
    initial = torch.zeros(shape[0], 3)
    assert scan.linear_scan(nothing, nothing, initial).shape == shape
    assert scan.gated_scan(nothing, nothing, initial).shape == shape


@pytest.mark.skipif(not affine.ONEDNN, reason="this build of torch has no oneDNN product")
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("count", [1, 4])
def test_a_large_product_equals_a_linear_layer(bias, count, monkeypatch):
    layer = torch.nn.Linear(24, 16, bias)
    inputs = torch.randn(3, 7, 24, generator=torch.Generator().manual_seed(0), requires_grad=True)
    monkeypatch.setattr(affine, "LARGE", 0)
    monkeypatch.setattr(affine, "FEW", 0)
    for whole in (inputs, inputs.transpose(0, 1), inputs[:, ::2]):
        parts = affine.blocks(layer, whole, count)
        assert "Affine" in type(parts[0].grad_fn).__name__
        ours, theirs = torch.cat(parts, dim=-1), layer(whole)
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
        leaves = [inputs, *layer.parameters()]
        mine = torch.autograd.grad(ours.sin().sum(), leaves)
        expected = torch.autograd.grad(theirs.sin().sum(), leaves)
        torch.testing.assert_close(mine, expected, rtol=1e-5, atol=1e-5)
