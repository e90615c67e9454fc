"""What a language model is compared with, by hand."""

from __future__ import annotations

import math

import pytest

from seqtasks.baselines.language import bigram_nats, unigram_nats


def test_baselines_by_hand():
    assert unigram_nats([[0, 0, 1]], [[0, 1]], 2) == pytest.approx(-math.log(3 / 5 * 2 / 5))
    # After 0: 1 twice, 2 once. Unigram of the tokens after the first, one added to each count.
    train = [[0, 1, 0, 1, 0, 2]]
    unigram_of_1 = 3 / 8
    expected = (2 - 0.75) / 3 + 0.75 * 2 / 3 * unigram_of_1
    assert bigram_nats(train, [[0, 1]], 3) == pytest.approx(-math.log(expected))
    total = sum(math.exp(-bigram_nats(train, [[0, token]], 3)) for token in range(3))
    assert total == pytest.approx(1)
