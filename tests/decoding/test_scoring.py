"""Scores of texts against one token after the other."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from seqtasks.decoding import score_texts
from seqtasks.errors import SeqtasksError


def one_by_one(model, numbers):
    nats, state = 0.0, None
    for token, target in pairwise(numbers):
        logits, state = model.step(torch.tensor([token]), state)
        nats -= logits[0].log_softmax(0)[target].item()
    return nats


@pytest.mark.parametrize("window", [1, 4, 1000])
@pytest.mark.parametrize("level", ["character", "bpe"])
def test_a_score_is_the_sum_over_single_steps(writer, monkeypatch, window, level):
    monkeypatch.setattr("seqtasks.decoding.scoring.ROWS", 7)
    model = writer(level)
    texts = ["to be, or not to be", "q", "", "café ☃ that is the question" * 4]
    numbers = [model.numbers(text) if text else [model.vocabulary.bos_id] for text in texts]
    found = score_texts(model, numbers, window=window)
    with torch.no_grad():
        assert found == pytest.approx([one_by_one(model, row) for row in numbers], rel=1e-12)
    assert found[2] == 0.0
    assert model.longest <= window


def test_nothing_to_score_is_zero(writer):
    model = writer("word")
    assert score_texts(model, []) == []
    assert score_texts(model, [[5], []]) == [0.0, 0.0]
    assert score_texts(model, [[], [5, 6]])[1] > 0


def test_a_model_without_numbers_is_refused(writer):
    model = writer("word")
    torch.nn.init.constant_(model.head.bias, torch.nan)
    with pytest.raises(SeqtasksError, match="NaN"):
        score_texts(model, [[5, 6, 7]])
