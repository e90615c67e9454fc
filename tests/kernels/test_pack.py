"""Weights laid out for products of few rows, against the weights as they are."""

from __future__ import annotations

import copy

import pytest
import torch

from seqtasks.cells import find_cell
from seqtasks.kernels import packing
from seqtasks.kernels.affine import Linear
from seqtasks.kernels.packing import ONEDNN, pack

pytestmark = pytest.mark.skipif(not ONEDNN, reason="this torch has no oneDNN")


@pytest.fixture
def layer(monkeypatch):
    """A layer in evaluation mode, packed."""
    monkeypatch.setattr(packing, "PACKED", 1)
    monkeypatch.setattr(packing, "ALONE", 1)
    torch.manual_seed(1)
    made = Linear(7, 33).eval()
    pack(made)
    assert made.packed is not None
    return made


def plain(layer: Linear, inputs: torch.Tensor) -> torch.Tensor:
    return inputs @ layer.weight.t() + layer.bias


@pytest.mark.parametrize("shape", [(1, 7), (5, 7), (3, 2, 7), (130, 7), (0, 7)])
def test_a_packed_layer_computes_the_same(layer, shape):
    inputs = torch.randn(shape)
    with torch.inference_mode():
        torch.testing.assert_close(layer(inputs), plain(layer, inputs))


@torch.no_grad()
def change_in_place(layer: Linear) -> None:
    layer.weight.mul_(2)


CHANGES = {
    "in place": change_in_place,
    "load": lambda layer: layer.load_state_dict(Linear(7, 33).state_dict()),
    "replaced": lambda layer: setattr(layer, "weight", torch.nn.Parameter(torch.ones(33, 7))),
    "a step": lambda layer: step(layer),
    "in double": lambda layer: layer.double(),
}


def step(layer: Linear) -> None:
    layer(torch.ones(1, 7)).sum().backward()
    torch.optim.SGD(layer.parameters(), lr=1.0).step()


@pytest.mark.parametrize("change", CHANGES)
def test_a_layer_whose_weight_has_changed_reads_it(layer, change):
    CHANGES[change](layer)
    inputs = torch.randn(5, 7, dtype=layer.weight.dtype)
    with torch.no_grad():
        torch.testing.assert_close(layer(inputs), plain(layer, inputs))


def test_gradients_pass_and_training_drops_the_layout(layer):
    layer(torch.ones(2, 7)).sum().backward()
    assert layer.weight.grad is not None
    assert layer.train().packed is None


def test_a_copy_has_no_layout(layer):
    other = copy.deepcopy(layer)
    assert other.packed is None
    inputs = torch.randn(5, 7)
    with torch.no_grad():
        torch.testing.assert_close(other(inputs), layer(inputs))


def test_one_row_is_not_worth_the_start(monkeypatch):
    monkeypatch.setattr(packing, "PACKED", 1)
    made = Linear(4, 4).eval()
    pack(made)
    with torch.no_grad():
        read = [made.reads_packed(torch.ones(rows, 1, 4)) for rows in (0, 1, 2)]
    assert read == [False, False, True]


def test_small_weights_stay_as_they_are():
    small = Linear(4, 4)
    pack(small)
    assert small.packed is None


CELLS = {
    "lstm": ("lstm", {}),
    "gru": ("gru", {}),
    "tanh": ("elman", {}),
    "relu": ("elman", {"nonlinearity": "relu"}),
}


@pytest.fixture(params=CELLS)
def cell(request, monkeypatch):
    """A recurrence in evaluation mode, packed, with biases that differ."""
    monkeypatch.setattr(packing, "PACKED", 1)
    monkeypatch.setattr(packing, "ALONE", 1)
    torch.manual_seed(1)
    name, options = CELLS[request.param]
    made = find_cell(name, options)(6, 9, **options).eval()
    for weight in made.parameters():
        torch.nn.init.normal_(weight)
    pack(made)
    assert made.packed is not None
    return made


@pytest.mark.parametrize("rows", [1, 2, 5, 64, 130])
def test_a_packed_recurrence_has_the_steps_of_its_equations(cell, rows):
    state = tuple(torch.randn(rows, *shape) for shape in cell.state_shapes)
    inputs = torch.randn(rows, 1, 6)
    expected = cell.step(inputs[:, 0], state)
    with torch.inference_mode():
        output, after = cell(inputs, None, state)
    torch.testing.assert_close(after, expected)
    torch.testing.assert_close(output[:, 0], expected[0])


@pytest.mark.parametrize("name", ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"])
def test_a_packed_recurrence_reads_a_change_and_drops_its_layout_in_training(cell, name):
    inputs = torch.randn(3, 1, 6)
    with torch.no_grad():
        getattr(cell.rnn, name).mul_(2)
        torch.testing.assert_close(
            cell(inputs)[1], cell.step(inputs[:, 0], cell.initial_state(3, inputs))
        )
    assert copy.deepcopy(cell).packed is None
    assert cell.train().packed is None


def test_a_packed_recurrence_passes_gradients_and_many_steps(cell):
    inputs = torch.randn(3, 1, 6, requires_grad=True)
    cell(inputs)[0].sum().backward()
    assert inputs.grad is not None
    with torch.no_grad():
        several = torch.randn(3, 4, 6)
        outputs, _ = cell(several)
        state = None
        for time in range(4):
            output, state = cell(several[:, time : time + 1], None, state)
            torch.testing.assert_close(output[:, 0], outputs[:, time])
