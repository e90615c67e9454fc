"""What a language model is compared with, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hydra.utils import instantiate

from seqtasks.baselines.budget import Budget
from seqtasks.baselines.language import language_nats, unigram_nats
from seqtasks.baselines.ngrams import NGram
from seqtasks.data.store.ragged import Ragged


def test_the_unigram_baseline_by_hand():
    train, test = Ragged.pack([[1, 0, 0, 1], [], [1]]), Ragged.pack([[0, 0, 1], [1]])
    nats = unigram_nats(train, test, 2, Budget())
    assert nats == pytest.approx(-math.log(3 / 5 * 2 / 5))


def test_many_tokens_give_no_other_scores_in_parts(monkeypatch):
    texts = Ragged.pack(np.random.default_rng(0).integers(0, 9, n) for n in (300, 0, 1, 2, 77, 4))
    asked = Ragged.pack(np.random.default_rng(1).integers(0, 9, n) for n in (3, 200, 0, 1, 50))
    whole = [NGram(texts, 9, order).nats(asked) for order in (1, 2, 3, 5)]
    unigram = unigram_nats(texts, asked, 9, Budget())
    for name in ("ngrams.AT_ONCE", "ngrams.SOUGHT_AT_ONCE", "language.AT_ONCE"):
        monkeypatch.setattr(f"seqtasks.baselines.{name}", 7)
    assert [NGram(texts, 9, order).nats(asked) for order in (1, 2, 3, 5)] == pytest.approx(whole)
    assert unigram_nats(texts, asked, 9, Budget()) == pytest.approx(unigram)


def test_a_model_of_the_beginning_says_so(composed, monkeypatch):
    config = composed("task=generation", "data.train.sentences=1000")
    data = instantiate(config.data)
    data.setup()
    size = len(data.vocabularies["tokens"])
    count, _, whole = language_nats(data, size, 3, Budget())
    assert list(whole) == ["uniform", "unigram", "bigram", "3-gram", "best possible"]
    monkeypatch.setattr("seqtasks.baselines.language.FITTED_ON", 5000)
    same, _, nats = language_nats(data, size, 3, Budget())
    assert same == count  # all of the test
    of = " (of 5,000 tokens)"
    names = ["uniform", f"unigram{of}", f"bigram{of}", f"3-gram{of}", "best possible"]
    assert list(nats) == names
    train = Ragged.pack([data.datasets["train"].encoded["tokens"].values[:5000]])
    assert nats[f"3-gram{of}"] == NGram(train, size, 3).nats(
        data.datasets["test"].encoded["tokens"]
    )
    assert nats[f"bigram{of}"] > whole["bigram"]
