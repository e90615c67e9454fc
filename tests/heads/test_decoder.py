"""The decoder: fused and fed, its state, its bridges, and what is refused."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from seqtasks.cells import CELLS
from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.decoding import beam_search
from seqtasks.embedding import TokenEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.heads.attention import ATTENTIONS
from seqtasks.heads.bridge import BRIDGES
from seqtasks.heads.decoder import AttentionDecoder
from seqtasks.heads.language import LanguageHead
from seqtasks.heads.scheduled_sampling import ScheduledSampling, checked_schedule, sampled

HIDDEN = 8
BOS, EOS = 2, 3
LENGTHS = torch.tensor([4, 2, 3])
PAST = ("location", "coverage")
WAYS = [(kind, fed) for kind in ATTENTIONS for fed in (False, True) if fed or kind not in PAST]
over_ways = pytest.mark.parametrize(("attention", "fed"), WAYS)


def made(attention="multiplicative", *, encoder=None, inner=None, dropout=0.0, **options):
    """An encoder and its decoder, in float64."""
    torch.manual_seed(0)
    encoder = RecurrentEncoder(5, HIDDEN, **{"cell": "gru", **(encoder or {})})
    decoder = AttentionDecoder(
        Vocabulary([*SPECIALS, *"abcdef"]),
        encoder,
        embedding=lambda v: TokenEmbedding(v, embedding_dim=5),
        recurrence=lambda input_size: RecurrentEncoder(
            input_size, **{"hidden_size": HIDDEN, "cell": "gru", **(inner or {})}
        ),
        attention=attention,
        output=lambda input_size, embedding: LanguageHead(input_size, embedding),
        dropout=dropout,
        **options,
    )
    return encoder.double(), decoder.double()


def begun(encoder, decoder, inputs, lengths=LENGTHS):
    memory, final = encoder(inputs, lengths)
    return decoder.start(memory, lengths, encoder.summary(memory, lengths), final)


def sources(time=4):
    torch.manual_seed(1)
    return torch.randn(3, 4, 5, dtype=torch.float64)[:, :time]


def targets(time=6):
    return torch.randint(4, 10, (3, time), generator=torch.Generator().manual_seed(2))


def gradients(modules, scores):
    wanted = [p for module in modules for p in module.parameters()]
    factors = torch.randn(scores.shape, generator=torch.Generator().manual_seed(3)).double()
    return torch.autograd.grad(
        (scores * factors).sum(), wanted, retain_graph=True, materialize_grads=True
    )


def check_steps(encoder, decoder):
    """One call over a target equals its steps, in values, state and gradients."""
    tokens = targets()
    start = begun(encoder, decoder, sources())
    reading = decoder(tokens, start)
    whole = decoder.output(reading.features)
    state, steps = start, []
    for column in tokens.unbind(1):
        logits, state = decoder.step(column, state)
        steps.append(logits)
    stepped = torch.stack(steps, dim=1)
    torch.testing.assert_close(stepped, whole)
    for one, other in zip(state, reading.state, strict=True):
        torch.testing.assert_close(one, other)
    parts = [encoder, decoder]
    for one, other in zip(gradients(parts, whole), gradients(parts, stepped), strict=True):
        torch.testing.assert_close(one, other)


@over_ways
@pytest.mark.parametrize("cell", ["elman", "gru", "lstm", "mlstm"])
def test_steps_equal_the_whole_in_values_and_gradients(attention, fed, cell):
    check_steps(*made(attention, inner={"cell": cell}, input_feeding=fed))


@pytest.mark.parametrize("fed", [False, True])
@pytest.mark.parametrize("cell", list(CELLS))
def test_a_decoder_is_of_any_cell_and_depth(cell, fed):
    inner = {"cell": cell, "num_layers": 3, "residual": True, "layer_norm": True}
    check_steps(*made("multi_head", inner=inner, input_feeding=fed))


@over_ways
def test_padding_and_mates_change_nothing(attention, fed):
    encoder, decoder = made(attention, input_feeding=fed)
    inputs, tokens = sources(), targets()
    together = decoder(tokens, begun(encoder, decoder, inputs))
    for row, length in enumerate(LENGTHS.tolist()):
        alone = begun(encoder, decoder, inputs[row : row + 1, :length], LENGTHS[row : row + 1])
        reading = decoder(tokens[row : row + 1], alone)
        torch.testing.assert_close(reading.features[0], together.features[row])
        torch.testing.assert_close(reading.weights[0], together.weights[row, :, :length])
        assert not together.weights[row, :, length:].any()


@pytest.mark.parametrize("copying", [False, True])
@over_ways
def test_what_all_rows_share_stays_the_same_and_changes_no_search(attention, fed, copying):
    options = {"coverage_loss": 0.0, "copying": copying}
    if copying and attention == "none":
        pytest.skip("nothing to copy from")
    encoder, decoder = made(attention, input_feeding=fed, **options)
    memory, final = encoder(sources(), LENGTHS)
    copies = torch.tensor([[4, 10, 5, 11], [10, 6, 0, 0], [7, 8, 10, 0]]) if copying else None
    start = decoder.start(memory, LENGTHS, encoder.summary(memory, LENGTHS), final, copies)
    _, after = decoder.step(torch.tensor([4, 5, 6]), start)
    assert decoder.shared[:3] == [0, 1, 2]
    for place, (before, now) in enumerate(zip(start, after, strict=True)):
        assert (now is before) == (place in decoder.shared)

    def search(shared):
        first = torch.full((3,), BOS)
        options = {"beam_size": 4, "max_length": 9, "eos_id": EOS, "length_penalty": 1.0}
        return beam_search(decoder.step, start, first, shared=shared, **options)

    assert search(decoder.shared) == search(())


def test_input_feeding_is_luongs():
    encoder, decoder = made("multiplicative", inner={"cell": "elman"}, input_feeding=True)
    values, keys, real, _, fed, hidden = begun(encoder, decoder, sources())
    assert not fed.any()
    vectors = decoder.embedding(targets())
    [w_in, w_rec, b_in, b_rec] = decoder.recurrence.layers[0].cells[0].rnn.all_weights[0]
    expected = []
    for time in range(6):
        inputs = torch.cat([vectors[:, time], fed], dim=1)
        hidden = torch.tanh(inputs @ w_in.T + b_in + hidden @ w_rec.T + b_rec)
        scores = torch.einsum("bsi,bi->bs", keys, hidden).masked_fill(~real, -torch.inf)
        context = torch.einsum("bs,bsi->bi", scores.softmax(1), values)
        fed = torch.tanh(decoder.combine(torch.cat([hidden, context], dim=1)))
        expected.append(fed)
    features = decoder(targets(), begun(encoder, decoder, sources())).features
    torch.testing.assert_close(features, torch.stack(expected, dim=1))


@over_ways
def test_coverage_is_the_sum_of_all_alignments(attention, fed):
    encoder, decoder = made(attention, input_feeding=fed)
    start = begun(encoder, decoder, sources())
    _, _, middle = decoder(targets()[:, :2], start)
    coverage, real = decoder.attended(decoder(targets()[:, 2:], middle).state)
    alignments = decoder.alignments(targets(), start)
    torch.testing.assert_close(coverage, alignments.sum(1))
    assert real.sum(1).tolist() == LENGTHS.tolist()
    if attention != "none":
        torch.testing.assert_close(coverage.sum(1), torch.full((3,), 6.0).double())


@pytest.mark.parametrize("fed", [False, True])
def test_the_coverage_loss_is_that_of_the_paper(fed):
    encoder, decoder = made("additive", input_feeding=fed, coverage_loss=0.5)
    tokens, lengths = targets(), torch.tensor([5, 1, 3])
    reading = decoder(tokens[:, :5], begun(encoder, decoder, sources()))
    expected = 0.0
    for row, length in enumerate(lengths.tolist()):
        covered = torch.zeros(4).double()
        for time in range(length):
            expected += torch.minimum(reading.weights[row, time], covered).sum()
            covered = covered + reading.weights[row, time]
    loss = decoder.loss(reading, tokens[:, 1:], lengths)
    torch.testing.assert_close(loss.objective - loss.total, 0.5 * expected)
    assert loss.objective.requires_grad
    plain = decoder.eval().loss(reading, tokens[:, 1:], lengths)
    torch.testing.assert_close(plain.mean, loss.total / loss.count)


@pytest.mark.parametrize("both", [False, True])
def test_a_bridge_hands_over_what_it_says(both):
    encoder = {"cell": "lstm", "num_layers": 2, "bidirectional": both}
    inner = {"cell": "lstm", "num_layers": 2}
    states = {}
    for bridge in BRIDGES:
        parts = made(encoder=encoder, inner=inner, bridge=bridge)
        states[bridge] = begun(*parts, sources())[4:]
    # Weights of the last encoder, which are drawn first, are those of all.
    _, final = parts[0](sources(), LENGTHS)
    assert [tensor.shape for tensor in states["last"]] == [(3, HIDDEN)] * 4
    assert not any(tensor.any() for tensor in states["zero"])
    assert all(tensor.any() and tensor.abs().max() < 1 for tensor in states["projection"])
    if both:  # layer by layer: h and c forward, then h and c backward
        final = [(final[n] + final[n + 2]) / 2 for n in (0, 1, 4, 5)]
    for given, expected in zip(states["last"], final, strict=True):
        torch.testing.assert_close(given, expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"inner": {"bidirectional": True}}, "cannot read the target from its end"),
        ({"bridge": "projecton"}, "Did you mean 'projection'"),
        ({"bridge": "last", "inner": {"cell": "lstm"}}, r"has GRU \(8\), the decoder LSTM \(8\)"),
        ({"bridge": "last", "inner": {"hidden_size": 6}}, r"GRU \(8\), the decoder GRU \(6\)"),
        ({"bridge": "last", "inner": {"num_layers": 2}}, r"decoder GRU \(8\), GRU \(8\)"),
        ({"attention": "location"}, "set input_feeding=true"),
        ({"attention": "none", "coverage_loss": 1.0}, "coverage_loss: it weighs attention"),
        ({"coverage_loss": -1.0}, "coverage_loss: it is at least 0, not -1"),
        (
            {"input_feeding": True, "inner": {"hidden_size": None, "max_parameters": 3000}},
            "set recurrence.hidden_size",
        ),
        (
            {"input_feeding": True, "inner": {"cell_options": {"weight_drop": 0.1}}},
            "one dropout mask",
        ),
        (
            {
                "input_feeding": True,
                "inner": {"num_layers": 2, "dropout": 0.1, "variational": True},
            },
            "one dropout mask",
        ),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, message):
    with pytest.raises(UsageError, match=message):
        made(**options)


def sure(fed):
    """A decoder that is all but certain of every next token."""
    encoder, decoder = made(input_feeding=fed)
    nn.init.normal_(decoder.embedding.table.weight, std=1e6)
    return decoder, begun(encoder, decoder, sources())


@pytest.mark.parametrize("fed", [False, True])
def test_scheduled_sampling_reads_the_decoders_own_tokens(fed):
    decoder, start = sure(fed)
    tokens, state, expected = targets(), start, [targets()[:, 0]]
    for time in range(5):
        logits, state = decoder.step(expected[-1] if fed else tokens[:, time], state)
        expected.append(logits.argmax(1))
    torch.manual_seed(0)
    drawn = sampled(decoder, tokens, start, 1.0)
    assert torch.equal(drawn, torch.stack(expected, dim=1))
    assert not torch.equal(drawn, tokens)
    assert torch.equal(sampled(decoder, tokens, start, 0.0), tokens)
    some = sampled(decoder, tokens, start, 0.5)
    assert not torch.equal(some, tokens)
    assert not torch.equal(some, drawn)


@pytest.mark.parametrize("fed", [False, True])
def test_tokens_are_drawn_at_the_rate_and_from_the_softmax(fed):
    encoder, decoder = made(input_feeding=fed)
    decoder.output.output.bias.data.fill_(-torch.inf)
    decoder.embedding.table.weight.data[:2] = 0.0
    decoder.output.output.bias.data[:2] = torch.tensor([0.25, 0.75]).log().double()
    rows = 400
    start = tuple(t.repeat(rows, *[1] * (t.dim() - 1)) for t in begun(encoder, decoder, sources()))
    torch.manual_seed(0)
    found = sampled(decoder, targets().repeat(rows, 1), start, 0.4)[:, 1:]
    share = [(found == token).double().mean().item() for token in (0, 1)]
    assert share == pytest.approx([0.1, 0.3], abs=0.025)


def test_a_schedule_grows_with_training_or_stays():
    assert [ScheduledSampling(0.5).at(done) for done in (0.0, 0.5, 1.0)] == [0.0, 0.25, 0.5]
    assert ScheduledSampling(0.5, "constant").at(None) == 0.5
    with pytest.raises(UsageError, match=r"set trainer\.max_epochs or trainer\.max_steps"):
        ScheduledSampling(0.5).at(None)
    with pytest.raises(UsageError, match="is from 0 to 1, not 2"):
        ScheduledSampling(2)
    with pytest.raises(UsageError, match="Did you mean 'linear'"):
        ScheduledSampling(0.5, "liner")
    assert checked_schedule(None) is None
    with pytest.raises(UsageError, match=r"write task/scheduled_sampling"):
        checked_schedule("linear")
