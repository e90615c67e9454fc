"""Cells that walk over time, each against its paper's equations."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from torch import nn
from torch.func import functional_call

from seqtasks.cells.layer_norm_lstm import LayerNormLSTM
from seqtasks.cells.mlstm import MLSTM
from seqtasks.cells.slstm import SLSTM
from seqtasks.cells.unshared_elman import UnsharedElman
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.kernels.layer_norm_lstm import EPSILON

INPUT, HIDDEN = 3, 4
LENGTHS = torch.tensor([5, 0, 1, 3])
CELLS = {
    "layer_norm_lstm": LayerNormLSTM,
    "slstm": SLSTM,
    "slstm-heads": partial(SLSTM, heads=2),
    "mlstm": partial(MLSTM, chunk_size=2),
    "mlstm-heads": partial(MLSTM, heads=2),
    "unshared_elman": partial(UnsharedElman, max_length=6),
}
over_cells = pytest.mark.parametrize("cell", list(CELLS.values()), ids=list(CELLS))


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def randomise(module: nn.Module, std: float = 0.5) -> nn.Module:
    """No weight at 0 or 1 may hide a mistake."""
    for number, parameter in enumerate(module.parameters()):
        parameter.data = std * draw(*parameter.shape, seed=100 + number)
    return module


def assert_close(ours, theirs, tolerance=1e-10):
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=tolerance, atol=tolerance)


def gradients(total, module, *tensors):
    return torch.autograd.grad(total, [*module.parameters(), *tensors])


# The papers' equations, one step after the other.


def norm(inputs, gain, bias=0.0):
    centred = inputs - inputs.mean(-1, keepdim=True)
    deviation = (centred.square().mean(-1, keepdim=True) + EPSILON).sqrt()
    return gain * centred / deviation + bias


def layer_norm_lstm(cell, inputs):
    h = c = inputs.new_zeros(len(inputs), HIDDEN)
    for x in inputs.unbind(1):
        gates = norm(h @ cell.recurrent[0], cell.recurrent_gain)
        gates = gates + norm(x @ cell.inputs.weight.T, cell.input_norm.weight, cell.input_norm.bias)
        f, i, o, g = gates.split(HIDDEN, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * norm(c, cell.cell_norm.weight, cell.cell_norm.bias).tanh()
        yield h


def slstm(cell, inputs):
    """Without stabiliser: equations 8 to 14 as they stand."""
    heads, size, _ = cell.recurrent.shape
    h = c = n = inputs.new_zeros(len(inputs), heads, size)
    for x in inputs.unbind(1):
        gates = cell.inputs(x).view(-1, heads, 4, size)
        mixed = torch.einsum("bhd,hdg->bhg", h, cell.recurrent).view(-1, heads, 4, size)
        z, o, f, i = (gates + mixed).unbind(2)
        c = f.sigmoid() * c + i.exp() * z.tanh()
        n = f.sigmoid() * n + i.exp()
        h = o.sigmoid() * c / n
        yield h.flatten(1)


def unshared_elman(cell, inputs):
    h = inputs.new_zeros(len(inputs), HIDDEN)
    for t, x in enumerate(inputs.unbind(1)):
        h = torch.tanh(x @ cell.weight_ih[t] + h @ cell.weight_hh[t] + cell.bias[t])
        yield h


@pytest.mark.parametrize(
    ("make", "oracle"),
    [
        (LayerNormLSTM, layer_norm_lstm),
        (SLSTM, slstm),
        (partial(SLSTM, heads=2), slstm),
        (UnsharedElman, unshared_elman),
    ],
)
def test_equals_the_equations_and_their_gradients(make, oracle):
    cell = randomise(make(INPUT, HIDDEN))
    inputs = draw(3, 7, INPUT).requires_grad_()
    weights = draw(3, 7, HIDDEN, seed=1)
    ours, state = cell(inputs)
    theirs = torch.stack(list(oracle(cell, inputs)), dim=1)
    assert_close([ours, state[0]], [theirs, theirs[:, -1]])
    assert_close(
        gradients((ours * weights).sum(), cell, inputs),
        gradients((theirs * weights).sum(), cell, inputs),
    )


@over_cells
@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_gradients_from_and_to_every_state(cell, lengths):
    cell = randomise(cell(INPUT, HIDDEN))
    names = [name for name, _ in cell.named_parameters()]
    _, state = cell(draw(4, 2, INPUT, seed=1))
    state = [tensor.detach() for tensor in state]
    counts = state[1:] if isinstance(cell, UnsharedElman) else []  # whole numbers: no gradient
    start = state[:1] if counts else state

    def run(inputs, *more):
        given = (*more[: len(start)], *counts)
        parameters = dict(zip(names, more[len(start) :], strict=True))
        outputs, final = functional_call(cell, parameters, (inputs, lengths, given))
        return outputs, *final[: len(start)]

    leaves = [draw(4, 4, INPUT), *start, *cell.parameters()]
    if lengths is not None:
        leaves[0] = draw(4, 5, INPUT)
    leaves = [tensor.detach().requires_grad_() for tensor in leaves]
    if isinstance(cell, UnsharedElman) and lengths is not None:
        counts[0] = torch.tensor([[1.0], [6.0], [0.0], [2.0]], dtype=torch.float64)
    assert torch.autograd.gradcheck(run, leaves, fast_mode=True)


@over_cells
def test_explicit_zeros_are_the_initial_state_and_empty_axes_are_legal(cell):
    cell = randomise(cell(INPUT, HIDDEN))
    inputs = draw(2, 5, INPUT)
    zeros = cell.initial_state(2, inputs)
    outputs, state = cell(inputs)
    explicit, explicit_state = cell(inputs, None, zeros)
    assert torch.equal(outputs, explicit)
    assert all(map(torch.equal, state, explicit_state))
    assert [tuple(tensor.shape[1:]) for tensor in state] == list(cell.state_shapes)
    for batch, time in ((0, 3), (2, 0), (0, 0)):
        outputs, state = cell(inputs.new_zeros(batch, time, INPUT))
        assert outputs.shape == (batch, time, HIDDEN)
        assert all(len(tensor) == batch and not tensor.any() for tensor in state)


@over_cells
def test_any_state_from_outside_is_legal_and_kept_by_an_empty_sequence(cell):
    cell = randomise(cell(INPUT, HIDDEN))
    inputs = draw(4, 4, INPUT)
    given = [draw(4, *shape, seed=n).tanh() for n, shape in enumerate(cell.state_shapes)]
    given = [tensor.requires_grad_() for tensor in given]
    lengths = LENGTHS.clamp(max=4)
    outputs, state = cell(inputs, lengths, tuple(given))
    assert outputs.abs().max() < 100
    assert all(torch.equal(after[1], before[1]) for after, before in zip(state, given, strict=True))
    total = outputs.sum() + sum(tensor.sum() for tensor in state)
    for gradient in torch.autograd.grad(total, given):
        assert gradient.isfinite().all()
    first, middle = cell(inputs[:, :2], lengths.clamp(max=2), tuple(given))
    second, last = cell(inputs[:, 2:], (lengths - 2).clamp(min=0), middle)
    assert_close([torch.cat([first, second], dim=1), *last], [outputs, *state])


@over_cells
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 0.15)], ids=["f32", "bf16"]
)
def test_other_float_types_agree_with_float64(cell, dtype, tolerance):
    cell = randomise(cell(INPUT, HIDDEN))
    inputs = draw(4, 5, INPUT)
    expected, _ = cell(inputs, LENGTHS)
    cell.to(dtype)
    outputs, state = cell(inputs.to(dtype), LENGTHS)
    assert outputs.dtype == dtype
    assert_close([outputs.double()], [expected], tolerance)
    gradients(outputs.sum() + sum(tensor.sum() for tensor in state), cell)
    steps, carried = [], None
    for t in range(5):
        output, carried = cell(inputs[:, t : t + 1].to(dtype), (LENGTHS - t).clamp(0, 1), carried)
        steps.append(output)
    assert_close([torch.cat(steps, dim=1).double()], [expected], tolerance)


@over_cells
def test_mixed_precision_trains(cell):
    cell = randomise(cell(INPUT, HIDDEN)).float()
    inputs = draw(4, 5, INPUT).float()
    expected, _ = cell(inputs, LENGTHS)
    with torch.autocast("cpu", torch.bfloat16):
        outputs, state = cell(inputs, LENGTHS)
        cell(inputs[:, :1], None, state)
    outputs.float().sum().backward()
    assert_close([outputs.float()], [expected], 0.15)
    assert all(parameter.grad.isfinite().all() for parameter in cell.parameters())


@over_cells
def test_every_parameter_as_initialised_gets_a_gradient(cell):
    torch.manual_seed(0)
    cell = cell(INPUT, HIDDEN)
    cell(draw(3, 6, INPUT).float())[0].square().sum().backward()
    assert all(parameter.grad.any() for parameter in cell.parameters())


@pytest.mark.parametrize("extreme", [-1e4, -100.0, 100.0, 1e4])
@pytest.mark.parametrize("gate", ["forget", "input"])
def test_slstm_at_saturated_gates(gate, extreme):
    cell = randomise(SLSTM(INPUT, HIDDEN))
    inputs = draw(2, 6, INPUT)
    place = {"forget": 2, "input": 3}[gate]
    with torch.no_grad():
        cell.inputs.bias[place * HIDDEN : (place + 1) * HIDDEN] += extreme
    # A factor common to all input gates cancels in c / n.
    reference = cell
    if gate == "input":
        reference = randomise(SLSTM(INPUT, HIDDEN))
    expected = torch.stack(list(slstm(reference, inputs)), dim=1)
    outputs, _ = cell(inputs)
    assert_close([outputs], [expected])
    cell.float()
    outputs, state = cell(inputs.float())
    assert_close([outputs.double()], [expected], 1e-5 if abs(extreme) < 1000 else 1e-2)
    assert (state[2] >= 1).all()
    total = outputs.sum() + sum(tensor.sum() for tensor in state)
    assert all(gradient.isfinite().all() for gradient in gradients(total, cell))


def test_slstm_started_from_a_normaliser_around_zero():
    cell = randomise(SLSTM(INPUT, HIDDEN))
    n = torch.linspace(-3, 3, 301, dtype=torch.float64).view(-1, 1).expand(-1, HIDDEN)
    inputs = draw(1, 4, INPUT).expand(len(n), -1, -1)
    outputs, _ = cell(inputs, None, (*[torch.zeros_like(n)] * 2, n, torch.zeros_like(n)))
    assert outputs.abs().max() <= 1  # an average of tanh values, with weights that sum to 1 or less

    def run(*state):
        return torch.stack(cell(inputs[:7, :2], None, state)[1])

    state = [draw(7, HIDDEN, seed=seed) for seed in range(4)]
    assert torch.autograd.gradcheck(run, [tensor.requires_grad_() for tensor in state])


@pytest.mark.parametrize("make", [SLSTM, partial(SLSTM, heads=2), LayerNormLSTM])
def test_the_forget_bias_opens_the_forget_gate_alone(make):
    cell = make(INPUT, HIDDEN, forget_bias=7.0)
    if isinstance(cell, LayerNormLSTM):
        forget, *others = cell.input_norm.bias.split(HIDDEN)
    else:
        *others, forget, write = cell.inputs.bias.view(cell.heads, 4, -1).unbind(1)
        others.append(write)
    assert (forget == 7).all()
    assert not any(other.any() for other in others)


def test_heads_of_an_slstm_do_not_mix():
    cell = randomise(SLSTM(INPUT, HIDDEN, heads=2))
    start = [tensor.requires_grad_() for tensor in cell.initial_state(1, draw(1))]
    outputs, _ = cell(draw(1, 3, INPUT), None, tuple(start))
    [gradient] = torch.autograd.grad(outputs[..., :2].sum(), start[0])
    assert gradient[:, :2].all()
    assert not gradient[:, 2:].any()


@pytest.mark.parametrize("cell", [SLSTM, MLSTM])
@pytest.mark.parametrize("heads", [0, 3])
def test_heads_that_do_not_divide_the_size_are_refused(cell, heads):
    with pytest.raises(
        UsageError, match=rf"^heads: {heads} does not divide hidden_size=4; choose a divisor$"
    ):
        cell(INPUT, HIDDEN, heads=heads)


def test_unshared_elman_with_equal_weights_is_an_elman_cell():
    cell = randomise(UnsharedElman(INPUT, HIDDEN, max_length=5))
    elman = nn.RNN(INPUT, HIDDEN, batch_first=True).double()
    with torch.no_grad():
        for weight in (cell.weight_ih, cell.weight_hh, cell.bias):
            weight.copy_(weight[:1].expand_as(weight))
        elman.weight_ih_l0.copy_(cell.weight_ih[0].T)
        elman.weight_hh_l0.copy_(cell.weight_hh[0].T)
        elman.bias_ih_l0.copy_(cell.bias[0])
        elman.bias_hh_l0.zero_()
    inputs = draw(2, 5, INPUT)
    assert_close([cell(inputs)[0]], [elman(inputs)[0]])


def test_unshared_elman_refuses_what_it_has_no_weights_for():
    cell = randomise(UnsharedElman(INPUT, HIDDEN, max_length=5))
    inputs = draw(2, 8, INPUT)
    with pytest.raises(UsageError, match=r"^unshared_elman has weights for 5 steps .* takes 8: "):
        cell(inputs)
    lengths = torch.tensor([5, 2])
    outputs, state = cell(inputs, lengths)  # padding may be as long as it likes
    assert state[1].tolist() == [[5.0], [2.0]]
    assert_close([outputs[:, :5]], [cell(inputs[:, :5], lengths)[0]])
    with pytest.raises(UsageError, match="takes 6"):
        cell(inputs[:, :1], None, state)
    _, state = cell(inputs, torch.tensor([0, 3]), state)
    assert state[1].tolist() == [[5.0], [5.0]]
    outputs, state = cell(inputs, torch.tensor([0, 0]), state)
    assert state[1].tolist() == [[5.0], [5.0]]
    assert not outputs.any()
    with pytest.raises(UsageError, match="max_length: it is at least 1, not 0"):
        UnsharedElman(INPUT, HIDDEN, max_length=0)


def test_unshared_elman_takes_a_count_from_outside_for_its_whole_steps():
    cell = randomise(UnsharedElman(INPUT, HIDDEN, max_length=5))
    inputs, hidden = draw(4, 3, INPUT), draw(4, HIDDEN, seed=1)
    counts = torch.tensor([[-2.0], [-0.7], [0.9], [2.4]], dtype=torch.float64)
    whole = torch.tensor([[0.0], [0.0], [0.0], [2.0]], dtype=torch.float64)
    outputs, state = cell(inputs, None, (hidden, counts))
    assert torch.equal(outputs, cell(inputs, None, (hidden, whole))[0])
    assert torch.equal(state[1], whole + 3)


def test_unshared_elman_counts_backwards_from_each_sequence_s_end():
    encoder = RecurrentEncoder(
        INPUT, HIDDEN, cell=UnsharedElman, cell_options={"max_length": 5}, bidirectional=True
    ).double()
    outputs, _ = encoder(draw(2, 5, INPUT), torch.tensor([5, 3]))
    backward = encoder.layers[0].cells[1]
    [gradient] = torch.autograd.grad(outputs[1, 2, HIDDEN:].sum(), backward.weight_ih)
    assert gradient[0].any()
    assert not gradient[1:].any()
