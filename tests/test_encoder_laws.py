"""The laws of a recurrence, for every cell, depth, direction and shortcut."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import nn

from seqtasks.cells import CELLS
from seqtasks.encoder import RecurrentEncoder

INPUT, HIDDEN = 5, 6
LENGTHS = torch.tensor([7, 4, 1, 0, 7, 2])
GRID = [
    pytest.param(cell, depth, both, residual, norm, id=f"{cell}-{depth}-{both}-{residual}-{norm}")
    for cell, depth, both, residual, norm in itertools.product(
        CELLS, (1, 3), (False, True), (False, True), (False, True)
    )
]
FORWARD = [case for case in GRID if not case.values[2]]
over_grid = pytest.mark.parametrize(("cell", "depth", "both", "residual", "norm"), GRID)
over_forward = pytest.mark.parametrize(("cell", "depth", "both", "residual", "norm"), FORWARD)


def make(cell, depth, both, residual, norm) -> RecurrentEncoder:
    torch.manual_seed(3)
    encoder = RecurrentEncoder(
        INPUT,
        HIDDEN,
        depth,
        cell=cell,
        bidirectional=both,
        residual=residual,
        layer_norm=norm,
    ).double()
    for parameter in encoder.parameters():  # no bias at zero may hide a mistake
        nn.init.normal_(parameter, std=0.5)
    return encoder


def sequences(seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    shape = (len(LENGTHS), int(LENGTHS.max()), INPUT)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def gradients(encoder, outputs, state) -> list[torch.Tensor]:
    weights = torch.linspace(-1, 1, outputs.size(-1), dtype=outputs.dtype)
    total = (outputs * weights).sum() + sum((s * weights[: s.size(-1)]).sum() for s in state)
    return list(torch.autograd.grad(total, list(encoder.parameters()), allow_unused=True))


def assert_all_close(ours, theirs):
    for mine, other in zip(ours, theirs, strict=True):
        if mine is None or other is None:
            assert mine is other
        else:
            torch.testing.assert_close(mine, other, rtol=1e-9, atol=1e-10)


@over_grid
def test_padding_changes_no_output_state_or_gradient(cell, depth, both, residual, norm):
    encoder = make(cell, depth, both, residual, norm)
    inputs = sequences()
    outputs, state = encoder(inputs, LENGTHS)
    more = torch.cat([inputs, torch.full((len(LENGTHS), 3, INPUT), 9.0).double()], dim=1)
    for row, length in enumerate(LENGTHS):
        more[row, length:] = 100.0  # whatever stands in the padding
    padded, padded_state = encoder(more, LENGTHS)
    torch.testing.assert_close(padded[:, :7], outputs)
    assert not padded[:, 7:].any()
    assert_all_close(padded_state, state)
    assert_all_close(gradients(encoder, padded, padded_state), gradients(encoder, outputs, state))


@over_grid
def test_batch_mates_and_their_order_change_nothing(cell, depth, both, residual, norm):
    encoder = make(cell, depth, both, residual, norm)
    inputs = sequences()
    outputs, state = encoder(inputs, LENGTHS)
    order = torch.tensor([4, 2, 0, 5, 1, 3])
    shuffled, shuffled_state = encoder(inputs[order], LENGTHS[order])
    torch.testing.assert_close(shuffled, outputs[order])
    assert_all_close(shuffled_state, [tensor[order] for tensor in state])
    for row, length in enumerate(LENGTHS.tolist()):
        alone, alone_state = encoder(inputs[row : row + 1, :length])
        torch.testing.assert_close(alone[0], outputs[row, :length])
        assert not outputs[row, length:].any()
        assert_all_close(alone_state, [tensor[row : row + 1] for tensor in state])


@over_forward
def test_chunks_with_the_state_carried_equal_the_whole(cell, depth, both, residual, norm):
    encoder = make(cell, depth, both, residual, norm)
    inputs = sequences()
    whole, whole_state = encoder(inputs, LENGTHS)
    pieces, state = [], None
    for start, after in ((0, 3), (3, 4), (4, 7)):
        lengths = (LENGTHS - start).clamp(0, after - start)
        piece, state = encoder(inputs[:, start:after], lengths, state)
        pieces.append(piece)
    torch.testing.assert_close(torch.cat(pieces, dim=1), whole)
    assert_all_close(state, whole_state)
    assert_all_close(
        gradients(encoder, torch.cat(pieces, dim=1), state),
        gradients(encoder, whole, whole_state),
    )


@over_forward
def test_steps_equal_the_parallel_pass(cell, depth, both, residual, norm):
    encoder = make(cell, depth, both, residual, norm)
    inputs = sequences()
    whole, whole_state = encoder(inputs)
    state = None
    for time in range(inputs.size(1)):
        output, state = encoder(inputs[:, time : time + 1], None, state)
        torch.testing.assert_close(output[:, 0], whole[:, time])
    assert_all_close(state, whole_state)


@over_forward
def test_an_output_depends_on_no_later_input(cell, depth, both, residual, norm):
    encoder = make(cell, depth, both, residual, norm)
    inputs = sequences().requires_grad_()
    outputs, _ = encoder(inputs)
    [gradient] = torch.autograd.grad(outputs[:, 3].sum(), inputs)
    assert not gradient[:, 4:].any()
    assert gradient[:, 3].any()


@over_grid
def test_the_last_input_reaches_the_first_output_only_from_behind(
    cell, depth, both, residual, norm
):
    encoder = make(cell, depth, both, residual, norm)
    inputs = sequences().requires_grad_()
    outputs, _ = encoder(inputs, LENGTHS)
    [gradient] = torch.autograd.grad(outputs[1, 0].sum(), inputs)
    assert bool(gradient[1, 3].any()) == (both and cell != "none")
    assert not gradient[1, 4:].any()


@over_grid
def test_empty_batches_and_empty_sequences_are_legal(cell, depth, both, residual, norm):
    encoder = make(cell, depth, both, residual, norm)
    for batch, time in ((0, 4), (2, 0), (0, 0)):
        lengths = torch.zeros(batch, dtype=torch.int64)
        outputs, state = encoder(torch.zeros(batch, time, INPUT).double(), lengths)
        assert outputs.shape == (batch, time, encoder.output_size)
        assert [tensor.shape[1:] for tensor in state] == list(encoder.state_shapes)
        assert all(len(tensor) == batch for tensor in state)


@pytest.mark.parametrize("cell", list(CELLS))
def test_a_sequence_of_length_zero_keeps_the_state_it_was_given(cell):
    encoder = make(cell, 1, False, False, False)
    given = tuple(torch.randn(len(LENGTHS), *shape).double() for shape in encoder.state_shapes)
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
    torch.manual_seed(5)
    encoder = RecurrentEncoder(
        INPUT, HIDDEN, depth, cell=cell, cell_options=options, bidirectional=both
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
    recurrence = make(cell, 1, False, False, False).layers[0].cells[0]
    inputs = sequences()
    start = tuple(torch.randn(len(LENGTHS), *shape).double() for shape in recurrence.state_shapes)
    padded, padded_state = recurrence.run_padded(inputs, LENGTHS, start)
    packed, packed_state = recurrence.run_packed(inputs, LENGTHS, start)
    torch.testing.assert_close(padded, packed)
    assert_all_close(padded_state, packed_state)


@pytest.mark.parametrize("cell", list(CELLS))
def test_the_number_of_parameters_does_not_depend_on_time(cell):
    encoder = make(cell, 2, True, True, True)
    before = sum(parameter.numel() for parameter in encoder.parameters())
    encoder(torch.zeros(1, 50, INPUT).double())
    assert sum(parameter.numel() for parameter in encoder.parameters()) == before


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
