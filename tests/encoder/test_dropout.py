"""Dropout of words, one factor for all rates, and penalties on activations."""

from __future__ import annotations

import pytest
import torch
from hydra.utils import instantiate
from small import SMALL
from torch import nn

from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.embedding import TokenEmbedding
from seqtasks.encoder.dropout import SequenceDropout, rates, scale_dropout
from seqtasks.errors import UsageError
from seqtasks.heads.language import LanguageHead
from seqtasks.task import Task

LENGTHS = torch.tensor([5, 0, 3, 1])


def embedding(**options) -> TokenEmbedding:
    torch.manual_seed(0)
    words = [f"w{number}" for number in range(96)]
    return TokenEmbedding(Vocabulary([*SPECIALS, *words]), embedding_dim=6, **options)


def test_embedding_dropout_drops_a_word_wherever_it_stands_and_keeps_the_mean():
    layer = embedding(embedding_dropout=0.25)
    tokens = torch.randint(100, (8, 200))
    plain = layer.table(tokens).detach()
    shares, mean = [], torch.zeros_like(plain)
    for _ in range(200):
        vectors = layer(tokens)
        dropped = (vectors == 0).all(-1)
        for token in tokens.unique():  # a word is dropped everywhere or nowhere
            assert dropped[tokens == token].unique().numel() == 1
        torch.testing.assert_close(vectors[~dropped], plain[~dropped] / 0.75)
        shares.append(dropped.float().mean())
        mean += vectors.detach() / 200
    assert float(torch.stack(shares).mean()) == pytest.approx(0.25, abs=0.02)
    assert float((mean / plain).mean()) == pytest.approx(1.0, abs=0.05)
    layer.eval()
    assert torch.equal(layer(tokens), plain)


def test_embedding_dropout_leaves_the_tied_output_layer_whole():
    layer = embedding(embedding_dropout=0.9)
    head = LanguageHead(6, layer)
    features = torch.randn(2, 3, 6)
    assert torch.equal(head(features), features @ layer.table.weight.t() + head.output.bias)


@pytest.mark.parametrize("name", ["embedding_dropout", "token_dropout", "dropout"])
@pytest.mark.parametrize("rate", [1.0, -0.1, float("nan")])
def test_a_rate_that_is_none_is_refused(name, rate):
    with pytest.raises(UsageError, match=f"{name}: a rate is at least 0 and below 1, not"):
        embedding(**{name: rate})


def by_hand(outputs, dropped, lengths, alpha, beta):
    """AR and TAR with loops over sequences and steps."""
    total = 0.0
    for row, length in enumerate(lengths.tolist()):
        for step in range(length):
            total += alpha * (dropped[row, step] ** 2).mean().item()
            if step + 1 < length:
                change = outputs[row, step] - outputs[row, step + 1]
                total += beta * (change**2).mean().item()
    return total


@pytest.mark.parametrize(("alpha", "beta"), [(2.0, 0.0), (0.0, 1.0), (2.0, 1.0)])
@pytest.mark.parametrize("variational", [False, True])
def test_penalties_join_the_objective_in_training_and_no_score(alpha, beta, variational):
    options = {"dropout": 0.5, "variational": variational}
    table = embedding()
    plain = LanguageHead(6, table, **options)
    head = LanguageHead(6, table, alpha=alpha, beta=beta, **options)
    head.load_state_dict(plain.state_dict())
    outputs = torch.randn(4, 5, 6)
    outputs[1] = outputs[3, 1:] = 100.0  # padding, which nothing may depend on
    targets = torch.randint(100, (4, 5))
    torch.manual_seed(3)
    expected = plain.loss(outputs, targets, LENGTHS)
    torch.manual_seed(3)
    loss = head.loss(outputs, targets, LENGTHS)
    torch.manual_seed(3)
    dropped = head.dropout(outputs)
    torch.testing.assert_close(loss.total, expected.total)
    penalty = by_hand(outputs, dropped, LENGTHS, alpha, beta)
    assert (loss.mean - expected.mean).item() == pytest.approx(penalty / 9, rel=1e-4)
    assert penalty > 0
    plain.eval()
    head.eval()
    found = head.loss(outputs, targets, LENGTHS).mean
    assert found == plain.loss(outputs, targets, LENGTHS).mean


def test_penalties_make_outputs_small_and_slow():
    outputs = torch.randn(4, 5, 6, requires_grad=True)
    head = LanguageHead(6, embedding(), alpha=1.0, beta=1.0)
    bare = LanguageHead(6, embedding())
    bare.load_state_dict(head.state_dict())
    targets = torch.randint(100, (4, 5))
    grads = [
        torch.autograd.grad(h.loss(outputs, targets, LENGTHS).mean, outputs)[0]
        for h in (head, bare)
    ]
    moved = outputs - 0.5 * (grads[0] - grads[1])
    assert by_hand(moved, moved, LENGTHS, 1.0, 0.0) < by_hand(outputs, outputs, LENGTHS, 1.0, 0.0)
    assert by_hand(moved, moved, LENGTHS, 0.0, 1.0) < by_hand(outputs, outputs, LENGTHS, 0.0, 1.0)
    assert not (grads[0] - grads[1])[3, 1:].any()


def build(composed, *options: str) -> Task:
    config = composed(*SMALL, *options)
    data = instantiate(config.data)
    data.setup()
    task: Task = instantiate(config.task)(data.vocabularies)
    task.setup("fit")
    return task


def test_one_factor_scales_every_rate_of_a_task_once(composed):
    options = ["task=generation", "encoder.cell_options={weight_drop:0.4}", "encoder.dropout=0.3"]
    options += ["encoder.num_layers=2", "task.embedding.embedding_dropout=0.1"]
    options += ["task.embedding.token_dropout=0.05", "task.head.dropout=0.6"]
    task = build(composed, *options, "task.dropout_scale=0.5")
    task.setup("test")
    expected = {
        "embedding.embedding_dropout": 0.05,
        "embedding.token_dropout": 0.025,
        "embedding.dropout.rate": 0.1,
        "encoder.layers.0.cells.0.weight_drop": 0.2,
        "encoder.layers.1.cells.0.weight_drop": 0.2,
        "encoder.layers.0.dropout.rate": 0.15,
        "head.dropout.rate": 0.3,
    }
    found = {
        f"{path}.{name}": getattr(module, name)
        for path, module in task.named_modules()
        for name in rates(module)
    }
    assert {name: value for name, value in found.items() if value} == pytest.approx(expected)


def test_the_factor_is_an_option_of_every_task(composed):
    task = build(composed, "task=classification", "task.head.dropout=0.5", "++task.dropout_scale=0")
    assert task.head.dropout.p == 0
    with pytest.raises(UsageError, match="dropout_scale: it is at least 0, not -1"):
        Task({}, dropout_scale=-1)


def test_a_factor_that_makes_a_rate_one_is_refused_and_changes_nothing():
    model = nn.ModuleDict({"first": SequenceDropout(0.1), "second": nn.Dropout(0.5)})
    with pytest.raises(UsageError, match=r"dropout_scale=2: second\.p: .* not 1"):
        scale_dropout(model, 2.0)
    assert model["first"].rate == 0.1
