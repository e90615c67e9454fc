"""Weights laid out for products of few rows, against the weights as they are."""

from __future__ import annotations

import copy

import pytest
import torch

from seqtasks.kernels import affine
from seqtasks.kernels.affine import ONEDNN, Linear, pack

pytestmark = pytest.mark.skipif(not ONEDNN, reason="this torch has no oneDNN")


@pytest.fixture
def layer(monkeypatch):
    """A layer in evaluation mode, packed."""
    monkeypatch.setattr(affine, "PACKED", 1)
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


def test_small_weights_stay_as_they_are():
    small = Linear(4, 4)
    pack(small)
    assert small.packed is None
