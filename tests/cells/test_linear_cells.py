"""Cells with elementwise recurrences against loops over their papers' equations."""

from __future__ import annotations

import math
from functools import partial

import pytest
import torch
from torch.autograd import gradcheck

from seqtasks.cells.indrnn import IndRNN
from seqtasks.cells.lru import LRU
from seqtasks.cells.mingru import MinGRU
from seqtasks.cells.minlstm import MinLSTM
from seqtasks.cells.qrnn import QRNN
from seqtasks.cells.rglru import RGLRU
from seqtasks.cells.sru import SRU
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.kernels import scan

CELLS = {
    "indrnn": IndRNN,
    "indrnn tanh": partial(IndRNN, nonlinearity="tanh", horizon=10),
    "qrnn": QRNN,
    "qrnn window 1": partial(QRNN, window=1),
    "qrnn window 4": partial(QRNN, window=4),
    "sru": SRU,
    "sru highway": partial(SRU, highway_bias=-1.0),
    "mingru": MinGRU,
    "mingru positive": partial(MinGRU, positive=True),
    "minlstm": MinLSTM,
    "minlstm positive": partial(MinLSTM, positive=True),
    "rglru": RGLRU,
    "lru": LRU,
    "lru state 3": partial(LRU, state_size=3, r_min=0.5, max_phase=1.0),
}
LENGTHS = torch.tensor([6, 4, 0, 1])
sigmoid = torch.sigmoid
every_cell = pytest.mark.parametrize("name", CELLS)


def build(name, input_size=3, hidden_size=4, dtype=torch.float64):
    torch.manual_seed(len(name))
    cell = CELLS[name](input_size, hidden_size)
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter += 0.3 * torch.randn(parameter.shape)
        if name.startswith("indrnn"):
            cell.recurrent.clamp_(-1, 1)  # where the bound plays no part
    return cell.to(dtype)


def sequences(time=6, size=3, batch=4, dtype=torch.float64):
    return torch.randn(batch, time, size, generator=torch.Generator().manual_seed(time)).to(dtype)


def states_for(cell, batch=4):
    generator = torch.Generator().manual_seed(1)
    dtype = next(cell.parameters()).dtype
    return tuple(torch.randn(batch, *s, generator=generator).to(dtype) for s in cell.state_shapes)


def g(x):
    return torch.where(x >= 0, x + 0.5, sigmoid(x))


def indrnn(cell, x, state):
    u = cell.recurrent.clamp(-cell.bound, cell.bound)
    h = cell.phi(cell.linear(x) + u * state[0])
    return h, (h,)


def qrnn(cell, x, state):
    c, past = state
    seen = torch.cat([past, x.unsqueeze(1)], dim=1)
    z, f, o = cell.linear(seen.flatten(1)).chunk(3, dim=-1)
    c = sigmoid(f) * c + (1 - sigmoid(f)) * z.tanh()
    return sigmoid(o) * c, (c, seen[:, 1:])


def sru(cell, x, state, highway_bias=0.0):
    before = state[0]
    candidate, f, r, *skip = cell.linear(x).split(cell.output_size, dim=-1)
    f = sigmoid(f + cell.forget_weight * before + cell.forget_bias)
    c = f * before + (1 - f) * candidate
    r = sigmoid(r + cell.highway_weight * before + cell.highway_bias)
    scaled = math.sqrt(1 + 2 * math.exp(highway_bias)) * (skip[0] if skip else x)
    return r * c + (1 - r) * scaled, (c,)


def mingru(cell, x, state, candidate=lambda v: v):
    z, v = cell.linear(x).chunk(2, dim=-1)
    h = (1 - sigmoid(z)) * state[0] + sigmoid(z) * candidate(v)
    return h, (h,)


def minlstm(cell, x, state, candidate=lambda v: v):
    f, i, v = cell.linear(x).chunk(3, dim=-1)
    f, i = sigmoid(f), sigmoid(i)
    h = f / (f + i) * state[0] + i / (f + i) * candidate(v)
    return h, (h,)


def rglru(cell, x, state):
    x = cell.resize(x) if cell.resize else x
    r, i = sigmoid(cell.gates(x)).chunk(2, dim=-1)
    a = sigmoid(cell.decay) ** (8 * r)
    h = a * state[0] + (1 - a**2).sqrt() * (i * x)
    return h, (h,)


def lru(cell, u, state):
    eigenvalue = torch.exp(torch.complex(-cell.nu.exp(), cell.theta.exp()))
    b, c = torch.complex(cell.write[:, 0], cell.write[:, 1]), torch.view_as_complex(cell.read)
    x = torch.view_as_complex(state[0])
    x = eigenvalue * x + cell.gamma.exp() * (u.to(b.dtype) @ b.T)
    return (x @ c.T).real + u @ cell.skip.weight.T, (torch.view_as_real(x),)


STEPS = {
    "indrnn": indrnn,
    "indrnn tanh": indrnn,
    "qrnn": qrnn,
    "qrnn window 1": qrnn,
    "qrnn window 4": qrnn,
    "sru": sru,
    "sru highway": partial(sru, highway_bias=-1.0),
    "mingru": mingru,
    "mingru positive": partial(mingru, candidate=g),
    "minlstm": minlstm,
    "minlstm positive": partial(minlstm, candidate=g),
    "rglru": rglru,
    "lru": lru,
    "lru state 3": lru,
}


def loop(name, cell, inputs, state):
    outputs = []
    for time in range(inputs.size(1)):
        output, state = STEPS[name](cell, inputs[:, time], state)
        outputs.append(output)
    return torch.stack(outputs, dim=1), state


@every_cell
@pytest.mark.parametrize("input_size", [3, 4])
@pytest.mark.parametrize("narrow", [0, 1024])
def test_equals_a_loop_over_the_papers_equations(name, input_size, narrow, monkeypatch):
    monkeypatch.setattr(scan, "NARROW", narrow)
    cell = build(name, input_size)
    inputs = sequences(size=input_size).requires_grad_()
    start = tuple(tensor.requires_grad_() for tensor in states_for(cell))
    answers = [cell(inputs, None, start), loop(name, cell, inputs, start)]
    (outputs, state), (expected, expected_state) = answers
    torch.testing.assert_close(outputs, expected, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(state, expected_state, rtol=1e-9, atol=1e-9)
    leaves = [inputs, *start, *cell.parameters()]
    leaves = [leaf for leaf in leaves if leaf.numel()]
    mine, theirs = (
        torch.autograd.grad(o.sin().sum() + sum(s.cos().sum() for s in ends), leaves)
        for o, ends in answers
    )
    torch.testing.assert_close(mine, theirs, rtol=1e-7, atol=1e-8)


@every_cell
def test_gradients_are_right_with_lengths(name):
    cell = build(name)
    start = tuple(tensor.requires_grad_() for tensor in states_for(cell))

    def run(inputs, *state):
        outputs, ends = cell(inputs, LENGTHS, state)
        return outputs, *ends

    inputs = sequences().requires_grad_()
    assert gradcheck(run, (inputs, *start), check_undefined_grad=False)


@every_cell
def test_each_state_is_the_one_after_the_last_real_step_whatever_follows(name):
    cell = build(name, dtype=torch.float32)
    inputs = sequences(dtype=torch.float32)
    for row, length in enumerate(LENGTHS):
        inputs[row, length:] = 3e38
    inputs.requires_grad_()
    start = states_for(cell)
    outputs, state = cell(inputs, LENGTHS, start)
    (outputs.sum() + sum(tensor.sum() for tensor in state)).backward()
    assert [tensor.shape[1:] for tensor in state] == list(cell.state_shapes)
    assert all(parameter.grad.isfinite().all() for parameter in cell.parameters())
    assert all(parameter.grad.any() for parameter in cell.parameters())
    for row, length in enumerate(LENGTHS.tolist()):
        given = tuple(tensor[row : row + 1] for tensor in start)
        alone, end = cell(inputs[row : row + 1, :length].detach(), None, given)
        torch.testing.assert_close(outputs[row, :length], alone[0], rtol=1e-5, atol=1e-6)
        assert not outputs[row, length:].any()
        assert not inputs.grad[row, length:].any()
        for ours, theirs in zip(state, end, strict=True):
            torch.testing.assert_close(ours[row], theirs[0], rtol=1e-5, atol=1e-6)


@every_cell
def test_the_backward_cell_reads_the_mirror_image(name):
    torch.manual_seed(3)
    encoder = RecurrentEncoder(3, 4, cell=CELLS[name], bidirectional=True).double()
    inputs = sequences()
    outputs, _ = encoder(inputs)
    [layer] = encoder.layers
    mirrored, _ = layer.cells[1](inputs.flip(1))
    torch.testing.assert_close(outputs[..., 4:], mirrored.flip(1))


@every_cell
def test_4096_float32_steps_agree_one_by_one_and_at_once(name):
    torch.manual_seed(0)
    cell = CELLS[name](3, 4)
    inputs = sequences(4096, batch=1, dtype=torch.float32)
    with torch.no_grad():
        outputs, end = cell(inputs)
        state, steps = None, []
        for time in range(4096):
            step, state = cell(inputs[:, time : time + 1], None, state)
            steps.append(step)
    torch.testing.assert_close(torch.cat(steps, dim=1), outputs, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(state, end, rtol=1e-5, atol=1e-5)


@every_cell
@pytest.mark.parametrize("narrow", [0, 1024])
def test_saturated_gates_leave_values_and_gradients_finite_and_right(name, narrow, monkeypatch):
    monkeypatch.setattr(scan, "NARROW", narrow)
    cell = build(name, dtype=torch.float32)
    inputs = sequences(600, dtype=torch.float32)
    inputs *= torch.tensor([0.0, 1.0, 1e2, 1e4]).view(4, 1, 1)
    inputs.requires_grad_()
    outputs, state = cell(inputs)
    (outputs.sum() + sum(tensor.sum() for tensor in state)).backward()
    leaves = [inputs, *cell.parameters()]
    assert all(leaf.grad.isfinite().all() for leaf in leaves)
    with torch.no_grad():
        expected, _ = cell.double()(inputs.double())
    scale = expected.abs().amax(dim=(1, 2), keepdim=True).clamp(min=1)
    torch.testing.assert_close(outputs.double() / scale, expected / scale, rtol=1e-4, atol=1e-5)


@every_cell
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_other_float_types_work(name, dtype):
    cell = build(name, dtype=dtype)
    outputs, state = cell(sequences(dtype=dtype), LENGTHS)
    assert {tensor.dtype for tensor in (outputs, *state)} == {dtype}
    outputs.sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in cell.parameters())
    with torch.no_grad():
        expected, _ = cell.double()(sequences(dtype=dtype).double(), LENGTHS)
    torch.testing.assert_close(outputs.double(), expected, rtol=0.1, atol=0.1)


@every_cell
def test_mixed_precision_works(name):
    cell = build(name, dtype=torch.float32)
    inputs = sequences(dtype=torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs, _ = cell(inputs, LENGTHS)
    outputs.float().sum().backward()
    expected, _ = cell(inputs, LENGTHS)
    torch.testing.assert_close(outputs.float(), expected, rtol=0.1, atol=0.1)


@every_cell
@pytest.mark.parametrize(("batch", "time"), [(0, 3), (2, 0), (0, 0)])
def test_nothing_to_do(name, batch, time):
    cell = build(name)
    given = states_for(cell, batch)
    outputs, state = cell(
        sequences(time, batch=batch), torch.zeros(batch, dtype=torch.int64), given
    )
    assert outputs.shape == (batch, time, 4)
    assert all(torch.equal(after, before) for after, before in zip(state, given, strict=True))


def test_minlstm_gates_that_both_vanish_share_evenly():
    cell = MinLSTM(1, 1, forget_bias=-1e4)
    with torch.no_grad():
        cell.linear.weight.zero_()
        cell.linear.bias[1:] = torch.tensor([-1e4, 3.0])
    outputs, _ = cell(torch.zeros(1, 1, 1))
    assert outputs.item() == 1.5


def test_indrnn_starts_with_memories_of_every_length_and_bounds_them():
    cell = IndRNN(2, 4000, horizon=1024)
    half_life = math.log(0.5) / cell.recurrent.detach().double().log()
    assert half_life.min() >= 0.999
    assert half_life.max() <= 1025
    assert abs(half_life.log2().mean() - 5) < 0.2
    with torch.no_grad():
        cell.recurrent.fill_(2.0)
    cell.bounded().sum().backward()
    torch.testing.assert_close(cell.bounded()[0] ** 1024, torch.tensor(2.0), rtol=1e-3, atol=0)
    assert (cell.recurrent.grad == 1).all()


def test_rglru_starts_in_the_papers_range():
    decay = RGLRU(2, 4000).decay.detach().double().sigmoid() ** 8
    assert 0.8999 < decay.min() < 0.901
    assert 0.998 < decay.max() < 0.9991


def test_rglru_gain_keeps_its_digits_and_a_finite_gradient_at_a_decay_of_one():
    from seqtasks.cells.rglru import gain

    tiny = torch.tensor([0.0, -1e-12, -1e-3, -1.0], requires_grad=True)
    exact = (-torch.expm1(2 * tiny.detach().double())).sqrt()
    torch.testing.assert_close(gain(tiny).double(), exact, rtol=1e-6, atol=1e-18)
    gain(tiny).sum().backward()
    assert tiny.grad.isfinite().all()


def test_lru_starts_on_its_ring_and_keeps_the_size_of_its_input():
    cell = LRU(8, 8, state_size=500, r_min=0.9, r_max=0.99, max_phase=0.5)
    eigenvalues = torch.complex(*cell.eigenvalues(torch.ones(1))).detach()
    assert 0.9 <= eigenvalues.abs().min() < eigenvalues.abs().max() <= 0.99 + 1e-6
    assert 0 <= eigenvalues.angle().min() < eigenvalues.angle().max() <= 0.5 + 1e-6
    squared = eigenvalues.abs() ** 2
    torch.testing.assert_close((2 * cell.gamma).exp(), 1 - squared, rtol=1e-3, atol=1e-5)


def test_sru_passes_its_input_on_with_its_size():
    torch.manual_seed(0)
    for bias in (0.0, -3.0):
        outputs, _ = SRU(256, 256, highway_bias=bias)(torch.randn(8, 60, 256))
        assert 0.7 < outputs.var().item() < 1.4


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (partial(IndRNN, nonlinearity="sin"), "relu or tanh"),
        (partial(IndRNN, horizon=0), "at least 1"),
        (partial(QRNN, window=0), "at least 1"),
        (partial(LRU, state_size=0), "at least 1"),
        (partial(LRU, r_min=0.9, r_max=0.5), "r_min"),
        (partial(LRU, max_phase=7.0), "max_phase"),
    ],
)
def test_options_that_make_no_sense_are_refused(make, message):
    with pytest.raises(UsageError, match=message):
        make(2, 3)
