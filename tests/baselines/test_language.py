"""What a language model is compared with, by hand."""

from __future__ import annotations

import math

import pytest

from seqtasks.baselines.language import unigram_nats


def test_the_unigram_baseline_by_hand():
    assert unigram_nats([[0, 0, 1]], [[0, 1]], 2) == pytest.approx(-math.log(3 / 5 * 2 / 5))
