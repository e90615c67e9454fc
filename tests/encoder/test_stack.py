"""Options of the encoder."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from seqtasks.cells import CELLS, find_cell
from seqtasks.cells.lstm import LSTM
from seqtasks.encoder import RecurrentEncoder
from seqtasks.encoder.dropout import SequenceDropout
from seqtasks.errors import UsageError


def test_recurrent_blocks_are_orthogonal_and_the_forget_bias_is_set():
    cell = LSTM(3, 8, forget_bias=2.0)
    for block in cell.rnn.weight_hh_l0.chunk(4):
        torch.testing.assert_close(block @ block.T, torch.eye(8), atol=1e-5, rtol=0)
    biases = [
        (a + b).unique().tolist()
        for a, b in zip(cell.rnn.bias_ih_l0.chunk(4), cell.rnn.bias_hh_l0.chunk(4), strict=True)
    ]
    assert biases == [[0.0], [2.0], [0.0], [0.0]]


def test_a_shortcut_is_the_identity_where_sizes_agree_and_a_projection_where_not():
    encoder = RecurrentEncoder(5, 6, 3, residual=True, cell="gru")
    kinds = (nn.Linear, nn.Identity, nn.Identity)
    assert all(
        isinstance(*pair) for pair in zip([s.shortcut for s in encoder.layers], kinds, strict=True)
    )
    for layer in encoder.layers[1:]:
        for parameter in layer.parameters():
            nn.init.zeros_(parameter)
    inputs = torch.randn(2, 4, 5)
    first, _ = encoder.layers[0](inputs)
    torch.testing.assert_close(encoder(inputs)[0], first)


def test_dropout_acts_between_layers_and_only_in_training():
    inputs = torch.randn(2, 9, 4)
    two = RecurrentEncoder(4, 4, 2, dropout=0.9)
    assert not torch.equal(two(inputs)[0], two(inputs)[0])
    two.eval()
    torch.testing.assert_close(two(inputs)[0], two(inputs)[0])


def test_variational_dropout_keeps_one_mask_over_time():
    torch.manual_seed(0)
    ones = torch.ones(50, 7, 40)
    kept = SequenceDropout(0.3, variational=True)(ones)
    assert torch.equal(kept, kept[:, :1].expand_as(kept))
    assert not torch.equal(kept[0], kept[1])
    assert kept.mean().item() == pytest.approx(1.0, abs=0.05)
    plain = SequenceDropout(0.3)(ones)
    assert not torch.equal(plain, plain[:, :1].expand_as(plain))


@pytest.mark.parametrize("cell", ["elman", "gru", "lstm", "none"])
def test_summary_takes_each_direction_where_it_ends(cell):
    encoder = RecurrentEncoder(3, 4, bidirectional=True, cell=cell)
    lengths = torch.tensor([5, 2, 0])
    outputs, _ = encoder(torch.randn(3, 5, 3), lengths)
    summary = encoder.summary(outputs, lengths)
    torch.testing.assert_close(summary[1, :4], outputs[1, 1, :4])
    torch.testing.assert_close(summary[1, 4:], outputs[1, 0, 4:])
    assert not summary[2].any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hidden_size": 0}, "^hidden_size: it is at least 1"),
        ({"num_layers": 0}, "^num_layers: it is at least 1"),
        ({"cell": "lsmt"}, "^cell: .*Did you mean 'lstm'"),
        ({"cell_options": {"forget_bia": 1}}, "^cell_options: .*Did you mean 'forget_bias'"),
        (
            {"cell": "elman", "cell_options": {"nonlinearity": "gelu"}},
            "^cell_options.nonlinearity: it is tanh or relu",
        ),
        (
            {"cell": "gru", "cell_options": {"weight_drop": 1.0}},
            "weight_drop: a rate is at least 0",
        ),
        ({"dropout": 1.5}, "^dropout: a rate is at least 0 and below 1, not 1.5"),
        ({"dropout": 0.5}, "^dropout: 0.5 would do nothing: .* there is one"),
    ],
)
def test_bad_options_are_refused_by_name(options, message):
    with pytest.raises(UsageError, match=message):
        RecurrentEncoder(3, **{"hidden_size": 4, **options})


def test_a_cell_of_ones_own():
    class Sum(nn.Module):
        def __init__(self, input_size, hidden_size, *, scale):
            super().__init__()
            self.input_size, self.output_size, self.scale = input_size, input_size, scale
            self.state_shapes = ((input_size,),)

        def forward(self, inputs, lengths=None, state=None):
            start = 0 if state is None else state[0].unsqueeze(1)
            sums = inputs.cumsum(1) * self.scale + start
            return sums, (sums[:, -1],)

    encoder = RecurrentEncoder(2, 9, 2, cell=Sum, cell_options={"scale": 2.0})
    outputs, state = encoder(torch.ones(1, 3, 2))
    assert outputs[0, :, 0].tolist() == [4.0, 12.0, 24.0]
    assert len(state) == 2
    with pytest.raises(UsageError, match="has no option 'size'"):
        find_cell(Sum, {"size": 1})


def test_twenty_residual_layers_learn_what_twenty_plain_ones_do_not():
    """Tell whether the first symbol equals the last, through twenty layers."""

    def final_loss(residual: bool) -> float:
        torch.manual_seed(1)
        encoder = RecurrentEncoder(4, 16, 20, cell="elman", residual=residual, layer_norm=residual)
        head = nn.Linear(16, 2)
        parameters = [*encoder.parameters(), *head.parameters()]
        optimizer = torch.optim.Adam(parameters, lr=3e-3)
        for _ in range(80):
            symbols = torch.randint(4, (64, 4))
            targets = (symbols[:, 0] == symbols[:, -1]).long()
            outputs, _ = encoder(nn.functional.one_hot(symbols, 4).float())
            weight = torch.tensor([1.0, 3.0])
            loss = nn.functional.cross_entropy(head(outputs[:, -1]), targets, weight)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
        return loss.item()

    deep, plain = final_loss(residual=True), final_loss(residual=False)
    assert deep < 0.35
    assert plain > 0.6


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_weight_drop_zeroes_recurrent_weights_in_training_alone(cell):
    torch.manual_seed(0)
    encoder = RecurrentEncoder(3, 40, cell=cell, cell_options={"weight_drop": 0.4})
    recurrence = encoder.layers[0].cells[0]
    _, dropped, *_ = recurrence.weights()
    assert (dropped == 0).float().mean().item() == pytest.approx(0.4, abs=0.03)
    inputs = torch.randn(2, 5, 3)
    assert not torch.equal(encoder(inputs)[0], encoder(inputs)[0])
    encoder.eval()
    plain = RecurrentEncoder(3, 40, cell=cell)
    plain.load_state_dict(encoder.state_dict())
    torch.testing.assert_close(encoder(inputs)[0], plain(inputs)[0])
    encoder.train()
    encoder(inputs, torch.tensor([5, 2]))[0].sum().backward()
    gradient = recurrence.rnn.weight_hh_l0.grad
    assert (gradient == 0).float().mean().item() == pytest.approx(0.4, abs=0.05)


@pytest.mark.parametrize("cell", list(CELLS))
def test_recomputing_changes_no_output_state_or_gradient(cell):
    lengths = torch.tensor([6, 3, 0])
    inputs = torch.randn(3, 6, 4, generator=torch.Generator().manual_seed(0))

    def results(recompute):
        torch.manual_seed(1)
        encoder = RecurrentEncoder(4, 5, 3, cell=cell, dropout=0.3, recompute=recompute)
        outputs, state = encoder(inputs, lengths)
        (outputs.square().sum() + sum(tensor.square().sum() for tensor in state)).backward()
        return [outputs, *state, *(parameter.grad for parameter in encoder.parameters())]

    for ours, expected in zip(results(True), results(False), strict=True):
        torch.testing.assert_close(ours, expected)


def test_recomputing_keeps_less_for_the_backward_pass():
    def kept(recompute):
        encoder = RecurrentEncoder(8, 8, 4, cell="mingru", recompute=recompute)
        sizes = []
        hooks = torch.autograd.graph.saved_tensors_hooks(
            lambda tensor: sizes.append(tensor.numel()) or tensor, lambda tensor: tensor
        )
        with hooks:
            encoder(torch.randn(2, 100, 8))
        return sum(sizes)

    assert kept(True) < kept(False) / 2
