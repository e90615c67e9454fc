"""What a model has to beat: the scores of methods without a network."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seqtasks.baselines.ngrams import NGram, Tokens

if TYPE_CHECKING:
    from seqtasks.data.module import SequenceData


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


def language_nats(
    data: SequenceData, vocab_size: int, order: int | None
) -> tuple[int, int, dict[str, float]]:
    """What a language model of the field ``tokens`` has to beat on the test split.

    Args:
        data: with its splits read.
        vocab_size: symbols of the vocabulary.
        order: of the n-gram model; None for none.

    Returns:
        The tokens to predict, all but the first of each text; the characters; and the total nats
        by the model's name, of the best possible one too where the reader knows it.
    """
    train = data.datasets["train"].encoded["tokens"]
    dataset = data.datasets[data.test_split]
    test = dataset.encoded["tokens"]
    count = int((test.lengths - 1).sum())
    nats = {
        "uniform": count * math.log(vocab_size),
        "unigram": unigram_nats([t[1:] for t in train], [t[1:] for t in test], vocab_size),
        "bigram": bigram_nats(train, test, vocab_size),
    }
    if order is not None:
        nats[f"{order}-gram"] = NGram(train, vocab_size, order).nats(test)
    best = getattr(data.reader, "best_nats", None)
    source = data.sources[data.test_split]
    if best is not None and source is not None:
        nats["best possible"] = best(source)
    return count, sum(dataset.text_lengths), nats
