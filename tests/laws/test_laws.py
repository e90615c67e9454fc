"""The laws of a recurrence, for every cell, depth, direction and shortcut."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from seqtasks.cells import CELLS
from seqtasks.encoder import RecurrentEncoder
from seqtasks.kernels import fused
from seqtasks.laws import LAWS, TOPOLOGIES, Case, Subject, Topology, examine, settle

INPUT, HIDDEN = 5, 6
EVERYWHERE = ("lstm", "gru", "mingru")  # one cell of each fast way to run: in every topology
COVERING = (  # of all cells: any two of depth, direction, shortcut and norm meet in every way
    Topology(1),
    Topology(1, residual=True, layer_norm=True),
    Topology(3, layer_norm=True),
    Topology(3, residual=True),
    Topology(1, bidirectional=True),
    Topology(3, bidirectional=True, residual=True, layer_norm=True),
)
ROWS = (7, 4, 1, 0, 7, 2)
LENGTHS = torch.tensor(ROWS)
over_cells = pytest.mark.parametrize("cell", list(CELLS))


def sequences() -> torch.Tensor:
    return Subject("none", size=HIDDEN).inputs(Case(ROWS))[0]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
@over_cells
def test_a_cell_obeys_a_law(cell, law):
    subject = settle(Subject(cell, size=HIDDEN))
    for case in law.cases(TOPOLOGIES if cell in EVERYWHERE else COVERING):
        if broken := law.broken_by(subject, case):
            pytest.fail(f"{cell} breaks {law.name} on {case}: {broken}")


@pytest.mark.parametrize(
    ("cell", "options"),
    [
        ("elman", {"nonlinearity": "relu"}),
        ("indrnn", {"nonlinearity": "tanh", "horizon": 10}),
        ("qrnn", {"window": 1}),
        ("qrnn", {"window": 4}),
        ("sru", {"highway_bias": -1.0}),
        ("mingru", {"positive": True}),
        ("minlstm", {"positive": True}),
        ("lru", {"state_size": 3, "r_min": 0.5, "max_phase": 1.0}),
        ("slstm", {"heads": 2}),
        ("mlstm", {"heads": 2, "chunk_size": 2}),
        ("unshared_elman", {"max_length": 50}),
    ],
)
def test_a_cell_obeys_the_laws_with_other_options(cell, options):
    subject = settle(Subject(cell, options, HIDDEN))
    shapes = [Topology(), Topology(3, False, True), Topology(3, True, True, True)]
    for finding in examine(subject, shapes):
        assert finding.broken is None, f"{finding.law.name}: {finding.broken}"


def test_every_law_is_examined_on_every_depth_direction_and_shortcut():
    assert len(TOPOLOGIES) == len(set(TOPOLOGIES)) == 16
    assert [law.name for law in LAWS if law.forward_only] == ["causality", "chunking", "stepping"]
    for law in LAWS:
        cases = set(law.cases(TOPOLOGIES))
        assert {case.topology for case in cases} == {
            topology for topology in TOPOLOGIES if not (law.forward_only and topology.bidirectional)
        }
        if law.name in ("truth", "padding", "batch", "chunking", "stepping"):
            assert {case.topology for case in cases if case.lengths == ROWS} == {
                case.topology for case in cases
            }


@over_cells
@pytest.mark.parametrize("topology", [Topology(3), Topology(3, True), Topology(1, True)], ids=str)
def test_the_last_input_reaches_the_first_output_only_from_behind(cell, topology):
    smooth = {"nonlinearity": "tanh"} if cell == "indrnn" else {}  # relu units may all be silent
    encoder = Subject(cell, smooth, HIDDEN).encoder(Case(ROWS, topology))
    inputs = sequences().requires_grad_()
    outputs, _ = encoder(inputs, LENGTHS)
    [gradient] = torch.autograd.grad(outputs[1, 0].sum(), inputs)
    assert bool(gradient[1, 3].any()) == (topology.bidirectional and cell != "none")
    assert gradient[1, 0].any()
    assert not gradient[1, 4:].any()
    assert not gradient[[0, 2, 3, 4, 5]].any()


@over_cells
def test_empty_batches_and_empty_sequences_have_shapes(cell):
    encoder = Subject(cell, size=HIDDEN).encoder(Case((), Topology(3, True, True, True)))
    for batch, time in ((0, 4), (2, 0), (0, 0), (2, 3)):
        lengths = torch.zeros(batch, dtype=torch.int64)
        outputs, state = encoder(torch.ones(batch, time, INPUT).double(), lengths)
        assert outputs.shape == (batch, time, encoder.output_size)
        assert not outputs.any()
        assert [tensor.shape[1:] for tensor in state] == list(encoder.state_shapes)
        assert all(len(tensor) == batch for tensor in state)


@over_cells
def test_a_sequence_of_length_zero_keeps_the_state_it_was_given(cell):
    subject, case = Subject(cell, size=HIDDEN), Case(ROWS)
    encoder = subject.encoder(case)
    given = subject.state(encoder, case)
    _, state = encoder(sequences(), LENGTHS, given)
    for before, after in zip(given, state, strict=True):
        assert torch.equal(before[3], after[3])
        assert not torch.equal(before[2], after[2])


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize(
    ("cell", "options", "reference"),
    [
        ("elman", {"nonlinearity": "tanh"}, nn.RNN),
        ("elman", {"nonlinearity": "relu"}, nn.RNN),
        ("gru", {}, nn.GRU),
        ("lstm", {}, nn.LSTM),
    ],
)
def test_equals_packed_torch_on_copied_weights(cell, options, reference, depth, both):
    encoder = Subject(cell, options, HIDDEN).encoder(
        Case(ROWS, Topology(depth, both)), torch.float32
    )
    oracle = reference(INPUT, HIDDEN, depth, batch_first=True, bidirectional=both, **options)
    for number, layer in enumerate(encoder.layers):
        for direction, recurrence in zip(("", "_reverse")[: 1 + both], layer.cells, strict=True):
            for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                ours = getattr(recurrence.rnn, f"{kind}_l0")
                getattr(oracle, f"{kind}_l{number}{direction}").data.copy_(ours)
    lengths = torch.tensor([7, 4, 1, 2, 7])
    inputs = sequences()[:5].float()
    outputs, state = encoder(inputs, lengths)
    packed = nn.utils.rnn.pack_padded_sequence(inputs, lengths, True, enforce_sorted=False)
    expected, final = oracle(packed)
    expected, _ = nn.utils.rnn.pad_packed_sequence(expected, batch_first=True)
    torch.testing.assert_close(outputs, expected, atol=1e-5, rtol=1e-5)
    final = final if isinstance(final, tuple) else (final,)
    flat = [tensor[place] for place in range(depth * (1 + both)) for tensor in final]
    for ours, theirs in zip(state, flat, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("cell", ["elman", "gru", "lstm"])
def test_packed_and_padded_paths_agree(cell):
    subject, case = Subject(cell, size=HIDDEN), Case(ROWS)
    encoder = subject.encoder(case)
    recurrence, start = encoder.layers[0].cells[0], subject.state(encoder, case)
    given = recurrence.rnn.mode, sequences(), LENGTHS, start, recurrence.weights()
    padded, padded_state = fused.run_padded(*given)
    packed, packed_state = fused.run_packed(*given)
    torch.testing.assert_close(padded, packed)
    for ours, theirs in zip(padded_state, packed_state, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_float32_cell_state_through_long_padding_is_exact(cell):
    torch.manual_seed(0)
    encoder = RecurrentEncoder(3, 4, cell=cell)
    inputs = torch.randn(2, 500, 3)
    short = torch.tensor([500, 10])
    _, state = encoder(inputs, short)
    _, alone = encoder(inputs[1:, :10])
    for tensor, expected in zip(state, alone, strict=True):
        torch.testing.assert_close(tensor[1:], expected, atol=1e-6, rtol=0)


def test_a_single_step_of_an_lstm_is_that_of_its_kernel():
    subject, case = Subject("lstm", size=HIDDEN), Case((1, 1))
    encoder = subject.encoder(case)
    inputs, start = subject.inputs(case)[0], subject.state(encoder, case)
    expected = encoder(inputs, None, start)
    with torch.no_grad():
        torch.testing.assert_close(encoder(inputs, None, start), expected)


def test_two_features_of_a_topology_meet_in_every_way_for_every_cell():
    shapes = [(t.depth, t.bidirectional, t.residual, t.layer_norm) for t in COVERING]
    for one in range(4):
        for other in range(one):
            assert len({(shape[one], shape[other]) for shape in shapes}) == 4
    forward = [shape for shape in shapes if not shape[1]]
    for one, other in ((0, 2), (0, 3), (2, 3)):
        assert len({(shape[one], shape[other]) for shape in forward}) == 4
    assert {*COVERING} < {*TOPOLOGIES}
    assert {*EVERYWHERE} < {*CELLS}
