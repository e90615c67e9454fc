"""Elman and GRU unrolled here equal torch's own kernels, in values and in every gradient."""

from __future__ import annotations

import pytest
import torch

from seqtasks.cells import find_cell
from seqtasks.kernels.fused import FusedRecurrence

CASES = [("elman", {}), ("elman", {"nonlinearity": "relu"}), ("gru", {})]


SMALL, LARGE = (torch.float64, 5, 6, 1e-12), (torch.float32, 64, 256, 2e-5)


@pytest.mark.parametrize(
    ("name", "options", "dtype", "batch", "size", "tolerance"),
    # The large cases go to oneDNN; relu is left out, whose slope flips with the last bit.
    [(*case, *SMALL) for case in CASES] + [(*case, *LARGE) for case in CASES[::2]],
    ids=["tanh", "relu", "gru", "tanh-large", "gru-large"],
)
def test_unrolled_equals_torch(name, options, dtype, batch, size, tolerance):
    torch.manual_seed(0)
    cell = find_cell(name, options)(size, size, **options).to(dtype)
    for parameter in cell.parameters():
        parameter.data += 0.1 * torch.randn_like(parameter)  # no bias at 0
    inputs = torch.randn(batch, 9, size, dtype=dtype, requires_grad=True)
    state = torch.randn(batch, size, dtype=dtype, requires_grad=True)
    weights = torch.randn(batch, 9, size, dtype=dtype)

    def run(call):
        outputs, (final,) = call(inputs, (state,), cell.weights())
        total = (outputs * weights).sum() + final.sin().sum()
        return outputs, final, *torch.autograd.grad(total, [inputs, state, *cell.parameters()])

    ours, theirs = run(cell.call), run(lambda *given: FusedRecurrence.call(cell, *given))
    assert "UnrollBackward" in _graph(cell(inputs)[0].grad_fn)
    for mine, other in zip(ours, theirs, strict=True):
        scale = float(other.detach().abs().max())
        torch.testing.assert_close(mine, other, rtol=tolerance, atol=tolerance * scale)


def test_lstm_single_step_equals_kernel():
    torch.manual_seed(0)
    cell = find_cell("lstm", {})(5, 7)
    inputs = torch.randn(3, 1, 5)
    state = (torch.randn(3, 7), torch.randn(3, 7))
    with torch.no_grad():
        quick = cell.call(inputs, state, cell.weights())
        kernel = FusedRecurrence.call(cell, inputs, state, cell.weights())
    torch.testing.assert_close(quick, kernel)


def _graph(node, depth: int = 6) -> str:
    """Names of the nodes nearest to an output."""
    if node is None or depth == 0:
        return ""
    return node.name() + "".join(_graph(parent, depth - 1) for parent, _ in node.next_functions)
