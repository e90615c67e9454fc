"""A width from a number of parameters."""

from __future__ import annotations

import pytest
import torch

from seqtasks.cells import CELLS
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError


@pytest.mark.parametrize("cell", list(CELLS))
def test_the_greatest_width_within_the_parameters(cell):
    options = {"max_length": 4} if cell == "unshared_elman" else {}
    state = torch.get_rng_state()
    encoder = RecurrentEncoder(
        12, num_layers=2, cell=cell, cell_options=options, residual=True, max_parameters=50_000
    )
    wider = RecurrentEncoder(
        12, encoder.hidden_size + 8, 2, cell=cell, cell_options=options, residual=True
    )
    sizes = [sum(p.numel() for p in module.parameters()) for module in (encoder, wider)]
    assert sizes[0] <= 50_000 < sizes[1]
    torch.set_rng_state(state)
    same = RecurrentEncoder(
        12, encoder.hidden_size, 2, cell=cell, cell_options=options, residual=True
    )
    for ours, theirs in zip(encoder.parameters(), same.parameters(), strict=True):
        assert torch.equal(ours, theirs)  # the search draws no random numbers


@pytest.mark.parametrize("sizes", [{}, {"hidden_size": 8, "max_parameters": 1000}])
def test_exactly_one_of_width_and_parameters(sizes):
    with pytest.raises(UsageError, match="either encoder"):
        RecurrentEncoder(4, **sizes)


def test_too_few_parameters():
    with pytest.raises(UsageError, match="the smallest encoder of this shape, 8 units wide, has"):
        RecurrentEncoder(4, max_parameters=10)
