"""The softmax in two steps against its formula."""

from __future__ import annotations

import itertools

import pytest
import torch
from small import SMALL
from torch import nn

from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.embedding import TokenEmbedding
from seqtasks.errors import UsageError
from seqtasks.heads import adaptive
from seqtasks.heads.adaptive import AdaptiveLanguageHead
from seqtasks.kernels.lengths import mask
from seqtasks.run import run

LENGTHS = torch.tensor([5, 0, 3, 1])


def embedding() -> TokenEmbedding:
    words = [f"w{number}" for number in range(60 - len(SPECIALS))]
    return TokenEmbedding(Vocabulary([*SPECIALS, *words]), embedding_dim=8)


def spelled_out(head: AdaptiveLanguageHead, features: torch.Tensor) -> torch.Tensor:
    """p(word) = p(cluster) p(word | cluster), from the weights."""
    softmax = head.softmax
    first = torch.softmax(features @ softmax.head.weight.t() + softmax.head.bias, dim=-1)
    parts = [first[:, : head.cutoffs[0]]]
    for number, (narrow, wide) in enumerate(softmax.tail):
        within = torch.softmax(features @ narrow.weight.t() @ wide.weight.t(), dim=-1)
        place = head.cutoffs[0] + number
        parts.append(first[:, place : place + 1] * within)
    return torch.cat(parts, dim=-1)


@pytest.mark.parametrize("cutoffs", [None, [1], [20, 40], [5, 10, 59]])
def test_an_adaptive_softmax_is_normalised_and_its_loss_is_that_of_its_scores(cutoffs):
    torch.manual_seed(0)
    head = AdaptiveLanguageHead(64, embedding(), cutoffs=cutoffs)
    features, targets = torch.randn(4, 5, 64), torch.randint(60, (4, 5))
    log_probs = head(features)
    assert log_probs.shape == (4, 5, 60)
    torch.testing.assert_close(log_probs.exp().sum(-1), torch.ones(4, 5))
    expected = spelled_out(head, features.flatten(0, 1)).view(4, 5, 60)
    torch.testing.assert_close(log_probs.exp(), expected)
    loss = head.loss(features, targets, LENGTHS)
    real = mask(LENGTHS, 5)
    picked = expected.log().gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    assert loss.count == 9
    torch.testing.assert_close(loss.total, -picked[real].sum())
    wanted = torch.autograd.grad(-picked[real].sum() / 9, head.softmax.head.weight)
    torch.testing.assert_close(torch.autograd.grad(loss.mean, head.softmax.head.weight), wanted)
    empty = head.loss(features, targets, torch.zeros_like(LENGTHS))
    assert empty.total == 0


def test_an_adaptive_softmax_under_reduced_precision():
    torch.manual_seed(0)
    head = AdaptiveLanguageHead(64, embedding())
    features, targets = torch.randn(4, 5, 64), torch.randint(60, (4, 5))
    expected = head.loss(features, targets, LENGTHS).total
    with torch.autocast("cpu", dtype=torch.bfloat16):
        narrow = features.bfloat16()
        found = head.loss(narrow, targets, LENGTHS).total
        log_probs = head(narrow)
    assert found.dtype == log_probs.dtype == torch.float32
    torch.testing.assert_close(found, expected, rtol=1e-2, atol=0.0)
    torch.testing.assert_close(log_probs.exp().sum(-1), torch.ones(4, 5))


def test_automatic_cutoffs_fit_every_vocabulary_and_size():
    for size, features in itertools.product(range(3, 200), (4, 15, 16, 64, 300)):
        cutoffs = adaptive.automatic(size, adaptive.clusters(features))
        adaptive.check_cutoffs(cutoffs, size, adaptive.clusters(features))
        softmax = nn.AdaptiveLogSoftmaxWithLoss(features, size, cutoffs, div_value=4)
        assert all(tail[0].out_features >= 1 for tail in softmax.tail)


@pytest.mark.parametrize(
    ("size", "options", "message"),
    [
        (64, {"cutoffs": [20, 10]}, "numbers that grow between 1 and the vocabulary's 60"),
        (64, {"cutoffs": [0]}, "numbers that grow"),
        (64, {"cutoffs": [60]}, "numbers that grow"),
        (64, {"cutoffs": []}, "numbers that grow"),
        (15, {"cutoffs": [5, 10]}, "2 clusters"),
        (3, {}, "needs at least 4 features"),
        (64, {"alpha": -1.0}, "^alpha: it is at least 0"),
    ],
)
def test_an_adaptive_softmax_refuses_what_does_not_fit(size, options, message):
    with pytest.raises(UsageError, match=message):
        AdaptiveLanguageHead(size, embedding(), **options)


@pytest.mark.parametrize("level", ["word", "character"])
def test_numbers_of_tokens_grow_with_their_rarity(level):
    texts = ["a b b c", "b c d b", "e b"]
    vocabulary = Vocabulary.train(texts, level=level)
    assert vocabulary.symbols[: len(SPECIALS)] == list(SPECIALS)
    symbols = [s for text in texts for s in (text.split() if level == "word" else text)]
    counts = [symbols.count(symbol) for symbol in vocabulary.symbols[len(SPECIALS) :]]
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) > 2


def test_a_language_model_trains_with_an_adaptive_softmax(composed, tmp_path, capsys):
    options = ["task/head=adaptive", "encoder.hidden_size=16", "task.sampling.max_length=5"]
    options += ["task.head.alpha=2", "task.head.beta=1", "task.embedding.embedding_dropout=0.1"]
    config = composed("task=generation", *SMALL, *options, "trainer.max_epochs=3")
    config.data.batching.batch_size = 4
    results = run(config, tmp_path / "run", "generation")
    assert results["test"]["loss"] < results["baselines"]["unigram"]["loss"]
    assert "Saved" in capsys.readouterr().out
