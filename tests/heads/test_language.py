"""The output layer of language models against plain formulas."""

from __future__ import annotations

import math

import pytest
import torch
from hydra.utils import instantiate
from small import SMALL
from torch import nn
from torch.nn import functional

from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.embedding import TokenEmbedding
from seqtasks.heads import chunked
from seqtasks.heads.chunked import linear_cross_entropy
from seqtasks.heads.language import LanguageHead
from seqtasks.heads.loss import cross_entropy

LENGTHS = torch.tensor([5, 0, 3, 1])


def embedding() -> TokenEmbedding:
    words = [f"w{number}" for number in range(60 - len(SPECIALS))]
    return TokenEmbedding(Vocabulary([*SPECIALS, *words]), embedding_dim=8)


def layer(rows: int, size: int, vocab: int, dtype=torch.float32):
    torch.manual_seed(0)
    features = torch.randn(rows, size, dtype=dtype, requires_grad=True)
    weight = torch.randn(vocab, size, dtype=dtype, requires_grad=True)
    bias = torch.randn(vocab, dtype=dtype, requires_grad=True)
    return (features, weight, bias), torch.randint(vocab, (rows,))


def plain(features, weight, bias, targets, smoothing):
    logits = functional.linear(features, weight, bias)
    options = {"reduction": "sum", "label_smoothing": smoothing}
    return functional.cross_entropy(logits, targets, **options)


@pytest.fixture(params=[1, 7, 4096], ids=lambda rows: f"chunks of {rows}")
def chunks(request, monkeypatch):
    """Chunks of so many rows."""
    monkeypatch.setattr(chunked, "ROWS_AT_ONCE", request.param)
    monkeypatch.setitem(chunked.LOGITS_AT_ONCE, "cpu", 1)
    return request.param


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_chunks_equal_the_plain_loss_in_value_and_gradient(chunks, dtype, smoothing):
    inputs, targets = layer(30, 6, 50, dtype)
    expected = plain(*inputs, targets, smoothing)
    wanted = torch.autograd.grad(expected * 0.37, inputs)
    total, objective = linear_cross_entropy(*inputs, targets, smoothing)
    got = torch.autograd.grad(objective * 0.37, inputs)
    near = (
        {"rtol": 1e-5, "atol": 1e-5} if dtype == torch.float32 else {"rtol": 1e-12, "atol": 1e-12}
    )
    torch.testing.assert_close(objective, expected, **near)
    torch.testing.assert_close(total, plain(*inputs, targets, 0.0), **near)
    for one, other in zip(got, wanted, strict=True):
        assert one.dtype == dtype
        torch.testing.assert_close(one, other, **near)


def test_large_products_go_through_the_same_formulas():
    inputs, targets = layer(300, 100, 400)
    wanted = torch.autograd.grad(plain(*inputs, targets, 0.1), inputs)
    got = torch.autograd.grad(linear_cross_entropy(*inputs, targets, 0.1)[1], inputs)
    for one, other in zip(got, wanted, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("frozen", [(0, 1), (0, 2), (1, 2)])
def test_what_is_frozen_gets_no_gradient_and_the_rest_its_own(frozen):
    inputs, targets = layer(9, 4, 11)
    wanted = torch.autograd.grad(plain(*inputs, targets, 0.0), inputs)
    for number in frozen:
        inputs[number].requires_grad_(False)
    linear_cross_entropy(*inputs, targets)[1].backward()
    for number, tensor in enumerate(inputs):
        if number in frozen:
            assert tensor.grad is None
        else:
            torch.testing.assert_close(tensor.grad, wanted[number], rtol=1e-5, atol=1e-5)


def test_words_of_probability_zero_and_logits_of_any_size(chunks):
    inputs, targets = layer(12, 4, 20)
    with torch.no_grad():
        inputs[2][3:6] = -math.inf
        inputs[0][0] *= 1e4  # beyond what exp can take
    targets = torch.where((targets >= 3) & (targets < 6), targets + 10, targets)
    expected = plain(*inputs, targets, 0.0)
    _, objective = linear_cross_entropy(*inputs, targets)
    torch.testing.assert_close(objective, expected)
    wanted, got = (torch.autograd.grad(value, inputs) for value in (expected, objective))
    for one, other in zip(got, wanted, strict=True):
        assert one.isfinite().all()
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5)
    targets[0] = 4
    assert linear_cross_entropy(*inputs, targets)[0] == math.inf


def test_values_alone_are_computed_where_no_gradient_can_follow(chunks, monkeypatch):
    calls = []
    original = chunked.affine
    monkeypatch.setattr(chunked, "affine", lambda *given: calls.append(1) or original(*given))
    inputs, targets = layer(30, 4, 20)
    with_gradient = linear_cross_entropy(*inputs, targets)[1]
    assert with_gradient.requires_grad
    pieces = math.ceil(30 / chunks)
    assert len(calls) == 3 * pieces
    calls.clear()
    with torch.no_grad():
        value = linear_cross_entropy(*inputs, targets)[1]
    assert len(calls) == pieces
    assert not value.requires_grad
    assert value == with_gradient


def test_the_logits_of_a_batch_are_never_kept(monkeypatch):
    monkeypatch.setattr(chunked, "ROWS_AT_ONCE", 10)
    monkeypatch.setitem(chunked.LOGITS_AT_ONCE, "cpu", 1)
    kept, seen = [], []
    original = chunked.measure

    def watched(logits, *rest):
        seen.append(logits.shape)
        return original(logits, *rest)

    monkeypatch.setattr(chunked, "measure", watched)
    inputs, targets = layer(95, 3, 40)
    with torch.autograd.graph.saved_tensors_hooks(
        lambda t: kept.append(t.numel()) or t, lambda t: t
    ):
        linear_cross_entropy(*inputs, targets)
    assert max(kept) == max(95 * 3, 40 * 3)
    assert seen == [(10, 40)] * 9 + [(5, 40)]


def test_nothing_to_predict_costs_nothing():
    inputs, targets = layer(0, 3, 5)
    total, objective = linear_cross_entropy(*inputs, targets, 0.1)
    objective.backward()
    assert total == objective == 0
    assert not inputs[1].grad.any()


def test_reduced_precision_stays_near_and_gradients_are_those_of_the_weights():
    inputs, targets = layer(64, 16, 90)
    wanted = torch.autograd.grad(plain(*inputs, targets, 0.1), inputs)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        total, objective = linear_cross_entropy(*inputs, targets, 0.1)
    assert total.dtype == objective.dtype == torch.float32
    torch.testing.assert_close(total, plain(*inputs, targets, 0.0), rtol=1e-2, atol=0.0)
    for one, other in zip(torch.autograd.grad(objective, inputs), wanted, strict=True):
        assert one.dtype == torch.float32
        assert functional.cosine_similarity(one.flatten(), other.flatten(), dim=0) > 0.999
    # The same where everything is of the narrow type.
    narrow = [tensor.detach().bfloat16().requires_grad_() for tensor in inputs]
    _, objective = linear_cross_entropy(*narrow, targets, 0.1)
    for one, other in zip(torch.autograd.grad(objective, narrow), wanted, strict=True):
        assert one.dtype == torch.bfloat16
        assert functional.cosine_similarity(one.flatten().float(), other.flatten(), dim=0) > 0.999


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize(("tied", "size"), [(True, 8), (True, 6), (False, 6)])
def test_the_loss_of_a_head_is_that_of_its_logits_over_real_steps(tied, size, smoothing):
    torch.manual_seed(0)
    table = embedding()
    head = LanguageHead(size, table, tied=tied, label_smoothing=smoothing)
    tokens, targets = torch.randint(60, (4, 5)), torch.randint(60, (4, 5))
    mix = nn.Linear(8, size)

    def loss(chosen):
        features = torch.tanh(mix(table(tokens)))  # so that tied weights are used twice
        if chosen == "logits":
            return cross_entropy(head(features), targets, LENGTHS, smoothing)
        return head.loss(features, targets, LENGTHS)

    parameters = list({id(p): p for p in (*head.parameters(), *table.parameters())}.values())
    expected, got = loss("logits"), loss("features")
    assert got.count == expected.count == 9
    torch.testing.assert_close(got.total, expected.total)
    torch.testing.assert_close(got.mean, expected.mean)
    pairs = zip(
        torch.autograd.grad(got.mean, parameters),
        torch.autograd.grad(expected.mean, parameters),
        strict=True,
    )
    for one, other in pairs:
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


def test_the_logits_of_a_step_are_those_of_the_loss(composed):
    """What generation draws from is what evaluation scores, with either head."""
    for head in ("language", "adaptive"):
        options = [f"task/head={head}", "encoder.hidden_size=16", "data=sample"]
        config = composed("task=generation", *SMALL, *options)
        data = instantiate(config.data)
        data.setup()
        task = instantiate(config.task)(data.vocabularies).eval()
        batch = data.datasets["train"][[0, 1, 2]]
        with torch.no_grad():
            loss = task.loss(task(batch), batch)
            state, nats = task.encoder(task.embedding(batch.tokens[:, :0]))[1], 0.0
            for time in range(batch.tokens.size(1) - 1):
                logits, state = task.step(batch.tokens[:, time], state)
                log_probs = logits.log_softmax(-1)
                for row, length in enumerate(batch.lengths.tolist()):
                    if time + 1 < length:
                        nats -= float(log_probs[row, batch.tokens[row, time + 1]])
        assert float(loss.total) == pytest.approx(nats, rel=1e-4)
