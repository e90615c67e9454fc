"""What a model has to beat: the scores of methods without a network."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Tokens = Sequence[int] | NDArray[np.int32]


def most_frequent(labels: Iterable[int]) -> int:
    """The commonest label, the lower number among equals.

    >>> most_frequent([2, 1, 2, 1, 0])
    1
    """
    counts = Counter(labels)
    return min(counts, key=lambda label: (-counts[label], label))


class MostFrequentTag:
    """The commonest tag of each token in training; of an unseen token, the commonest tag of all.

    >>> tagger = MostFrequentTag([([5, 6, 5], [0, 1, 0]), ([5], [1])])
    >>> tagger.tag([5, 6, 7])
    [0, 1, 0]
    """

    def __init__(self, examples: Iterable[tuple[Tokens, Tokens]]) -> None:
        seen: dict[int, list[int]] = defaultdict(list)
        for tokens, tags in examples:
            for token, tag in zip(tokens, tags, strict=True):
                seen[int(token)].append(int(tag))
        self.default = most_frequent(tag for tags in seen.values() for tag in tags)
        self.tags = {token: most_frequent(tags) for token, tags in seen.items()}

    def tag(self, tokens: Tokens) -> list[int]:
        """One tag for each token."""
        return [self.tags.get(int(token), self.default) for token in tokens]


def unigram_nats(train: Iterable[Tokens], test: Iterable[Tokens], vocab_size: int) -> float:
    """Total nats of the test tokens under their training frequencies, one added to each count.

    >>> round(unigram_nats([[0, 0, 1]], [[0]], 2), 4) == round(-math.log(3 / 5), 4)
    True
    """
    probabilities = _unigram(train, vocab_size)
    return float(sum(-np.log(probabilities[np.asarray(tokens)]).sum() for tokens in test))


def bigram_nats(
    train: Iterable[Tokens], test: Iterable[Tokens], vocab_size: int, discount: float = 0.75
) -> float:
    """Total nats of the test tokens, each given the one before it.

    Absolute discounting, interpolated with the unigram model (Ney, Essen and Kneser 1994). The
    first token of a sequence serves as context only.

    Args:
        train: training sequences.
        test: test sequences.
        vocab_size: number of distinct tokens.
        discount: taken off every count, in (0, 1).
    """
    train = list(train)
    unigram = _unigram((tokens[1:] for tokens in train), vocab_size)
    pairs: Counter[tuple[int, int]] = Counter()
    for tokens in train:
        row = np.asarray(tokens).tolist()
        pairs.update(itertools.pairwise(row))
    totals: Counter[int] = Counter()
    kinds: Counter[int] = Counter()
    for (before, _), count in pairs.items():
        totals[before] += count
        kinds[before] += 1
    nats = 0.0
    for tokens in test:
        row = np.asarray(tokens).tolist()
        for before, token in itertools.pairwise(row):
            seen = totals[before]
            probability = float(unigram[token])
            if seen:
                kept = max(pairs[before, token] - discount, 0.0) / seen
                probability = kept + discount * kinds[before] / seen * probability
            nats -= math.log(probability)
    return nats


def _unigram(sequences: Iterable[Tokens], vocab_size: int) -> NDArray[np.float64]:
    counts = np.ones(vocab_size)
    for tokens in sequences:
        counts += np.bincount(np.asarray(tokens), minlength=vocab_size)
    return counts / counts.sum()
