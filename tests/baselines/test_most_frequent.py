"""The commonest tags, counted by arrays, against counters."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest

from seqtasks.baselines.most_frequent import MostFrequentTag, most_frequent
from seqtasks.baselines.parts import parts


@pytest.mark.parametrize(("words", "tags"), [(1, 1), (5, 3), (40, 30), (300, 2)])
def test_tags_are_those_of_counters(words, tags):
    draw = np.random.default_rng(words)
    tokens = draw.integers(0, words, 700).astype(np.uint16)
    given = draw.integers(0, tags, 700).astype(np.uint8)
    seen: dict[int, Counter] = defaultdict(Counter)
    for token, tag in zip(tokens.tolist(), given.tolist(), strict=True):
        seen[token][tag] += 1
    every = most_frequent(Counter(given.tolist()))
    expected = [most_frequent(seen[n]) if n in seen else every for n in range(words + 5)]
    for size in (1, 64, 1000):
        cut = ((tokens[p.start : p.stop], given[p.start : p.stop]) for p in parts(700, size))
        assert MostFrequentTag(cut).tag(np.arange(words + 5)).tolist() == expected
