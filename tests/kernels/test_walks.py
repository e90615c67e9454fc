"""The walks of our own over time, against torch's kernels."""

from __future__ import annotations

import functools

import pytest
import torch
from torch import nn

from seqtasks.cells import CELLS, fused
from seqtasks.kernels import affine
from seqtasks.kernels.affine import ONEDNN, suits
from seqtasks.kernels.elman import elman
from seqtasks.kernels.gru import gru

WALKS = {
    "gru": (nn.GRU, gru),
    "tanh": (nn.RNN, functools.partial(elman, "tanh")),
    "relu": (functools.partial(nn.RNN, nonlinearity="relu"), functools.partial(elman, "relu")),
}
SMALL, LARGE = (3, 5, 4, 6, torch.float64), (16, 4, 256, 512, torch.float32)


@pytest.mark.parametrize("shape", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("name", WALKS)
def test_a_walk_has_the_values_and_gradients_of_torchs_kernel(name, shape):
    batch, time, input_size, size, dtype = shape
    torch.manual_seed(1)
    make, walk = WALKS[name]
    theirs = make(input_size, size, batch_first=True).to(dtype)
    weights = theirs.all_weights[0]
    inputs = torch.randn(batch, time, input_size, dtype=dtype, requires_grad=True)
    state = torch.randn(batch, size, dtype=dtype, requires_grad=True)
    expected, _ = theirs(inputs, state.unsqueeze(0))
    [found] = walk(inputs, (state,), weights)
    torch.testing.assert_close(found, expected)
    slope = torch.randn_like(expected)
    operands = [inputs, state, *weights]
    pairs = zip(
        torch.autograd.grad(found, operands, slope),
        torch.autograd.grad(expected, operands, slope),
        strict=True,
    )
    tolerance = {} if dtype == torch.float64 else {"rtol": 1e-4, "atol": 1e-4}
    for ours, right in pairs:
        torch.testing.assert_close(ours, right, **tolerance)


@pytest.mark.parametrize("wide", [True, False])
def test_the_large_products_are_those_of_onednn_where_it_is(wide, monkeypatch):
    monkeypatch.setattr(affine, "WIDE", wide)
    batch, _, input_size, size, dtype = LARGE
    rows, weight = torch.empty(batch, input_size, dtype=dtype), torch.empty(size, input_size)
    assert suits(rows, weight) == (ONEDNN and wide)
    assert suits(rows.repeat(2, 1), weight) == ONEDNN


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("batch", [2, 64])
@pytest.mark.parametrize("cell", ["elman", "gru"])
def test_a_layer_is_the_same_by_either_way(cell, batch, wide, monkeypatch):
    monkeypatch.setattr(fused, "WIDE", wide)
    torch.manual_seed(1)
    layer = CELLS[cell](6, 5)
    inputs = torch.randn(batch, 7, 6, requires_grad=True)
    outputs, _ = layer(inputs)
    assert layer.walk_pays(inputs) == (wide or batch < fused.FEW_SEQUENCES)
    expected, _ = layer.rnn(inputs)
    torch.testing.assert_close(outputs, expected)
    [ours], [theirs] = (torch.autograd.grad(o.sum(), [inputs]) for o in (outputs, expected))
    torch.testing.assert_close(ours, theirs)
