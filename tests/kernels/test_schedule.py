"""Ragged batches cut in steps: the same numbers, less work."""

from __future__ import annotations

import pytest
import torch

from seqtasks.cells import CELLS
from seqtasks.encoder import RecurrentEncoder
from seqtasks.kernels import schedule


def work(lengths: list[int]) -> tuple[int, int]:
    """Row-steps that a schedule runs, and real tokens."""
    planned = schedule.make_schedule(torch.tensor(lengths), max(lengths))
    if planned is None:
        return len(lengths) * max(lengths), sum(lengths)
    return sum((end - start) * rows for start, end, rows in planned.pieces), sum(lengths)


def test_a_batch_of_like_lengths_runs_as_it_is():
    assert schedule.make_schedule(torch.full((32,), 20), 20) is None
    assert schedule.make_schedule(torch.tensor([20, 20, 19, 19] * 8), 20) is None
    assert schedule.make_schedule(None, 20) is None
    assert schedule.make_schedule(torch.zeros(4, dtype=torch.int64), 3) is None


def test_uneven_batches_waste_little():
    generator = torch.Generator().manual_seed(0)
    lengths = (torch.rand(64, generator=generator) * 60 + 5).long().tolist()
    run, real = work(lengths)
    assert real < run < 1.3 * real < len(lengths) * max(lengths)
    run, real = work([2000, *[20] * 31])
    assert run < 1.1 * real


def test_pieces_follow_each_other_and_hold_every_real_step():
    lengths = [90, 70, 70, 40, 12, 3, 3, 0] * 8
    planned = schedule.make_schedule(torch.tensor(lengths), 100)
    ends = [end for _, end, _ in planned.pieces]
    assert [start for start, _, _ in planned.pieces] == [0, *ends[:-1]]
    for start, _, rows in planned.pieces:
        assert rows >= sum(length > start for length in lengths)
    assert ends[-1] == 90


@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("cell", list(CELLS))
def test_cutting_changes_no_output_state_or_gradient(cell, both, given, monkeypatch):
    torch.manual_seed(0)
    encoder = RecurrentEncoder(
        3, 4, 2, cell=cell, bidirectional=both, residual=True, layer_norm=True
    ).double()
    lengths = torch.tensor([5, 9, 0, 1, 9, 3])
    inputs = torch.randn(6, 11, 3, dtype=torch.float64, requires_grad=True)
    state = None
    if given:
        state = tuple(torch.rand(6, *s, dtype=torch.float64) for s in encoder.state_shapes)

    def results():
        outputs, final = encoder(inputs, lengths, state)
        weights = torch.linspace(-1, 1, outputs.size(-1), dtype=torch.float64)
        total = (outputs * weights).sum() + sum(tensor.square().sum() for tensor in final)
        wanted = [inputs, *encoder.parameters()]
        return [outputs, *final, *torch.autograd.grad(total, wanted, allow_unused=True)]

    monkeypatch.setattr(schedule, "CUT_COST", 1e9)
    whole = results()
    monkeypatch.setattr(schedule, "CUT_COST", 0.0)
    monkeypatch.setattr(schedule, "ROW_COST", 0.0)
    assert len(schedule.make_schedule(lengths, 11).pieces) == 4
    for ours, expected in zip(results(), whole, strict=True):
        if expected is not None:
            torch.testing.assert_close(ours, expected)


def test_dropped_weights_are_the_same_at_every_step(monkeypatch):
    monkeypatch.setattr(schedule, "CUT_COST", 0.0)
    encoder = RecurrentEncoder(3, 4, cell_options={"weight_drop": 0.5})
    calls = []
    cell = encoder.layers[0].cells[0]
    monkeypatch.setattr(cell, "forward", lambda *a, run=cell.forward: calls.append(a) or run(*a))
    inputs, lengths = torch.randn(3, 9, 3), torch.tensor([9, 4, 2])
    encoder(inputs, lengths)
    assert len(calls) == 1
    encoder.eval()
    encoder(inputs, lengths)
    assert len(calls) > 2
