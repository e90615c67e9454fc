"""What a language model has to beat: the scores of methods without a network."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from seqtasks.baselines.ngrams import NGram, Tokens

if TYPE_CHECKING:
    from seqtasks.data.module import SequenceData


def unigram_nats(train: Iterable[Tokens], test: Iterable[Tokens], vocab_size: int) -> float:
    """Total nats of the test tokens under their training frequencies, one added to each count.

    >>> round(unigram_nats([[0, 0, 1]], [[0]], 2), 4) == round(-math.log(3 / 5), 4)
    True
    """
    counts = np.ones(vocab_size)
    for tokens in train:
        counts += np.bincount(np.asarray(tokens), minlength=vocab_size)
    nats = -np.log(counts / counts.sum())
    return float(sum(nats[np.asarray(tokens)].sum() for tokens in test))


def language_nats(
    data: SequenceData, vocab_size: int, order: int | None
) -> tuple[int, int, dict[str, float]]:
    """What a language model of the field ``tokens`` has to beat on the test split.

    Args:
        data: with its splits read.
        vocab_size: symbols of the vocabulary.
        order: of the longer n-gram model; None for none.

    Returns:
        The tokens to predict, all but the first of each text; the characters; and the total nats
        by the method's name, those of the best possible model too where the reader knows it.
    """
    train = data.datasets["train"].encoded["tokens"]
    dataset = data.datasets[data.test_split]
    test = dataset.encoded["tokens"]
    count = int((test.lengths - 1).sum())
    nats = {
        "uniform": count * math.log(vocab_size),
        "unigram": unigram_nats([t[1:] for t in train], [t[1:] for t in test], vocab_size),
        "bigram": NGram(train, vocab_size, 2).nats(test),
    }
    if order is not None:
        nats[f"{order}-gram"] = NGram(train, vocab_size, order).nats(test)
    best = getattr(data.reader, "best_nats", None)
    source = data.sources[data.test_split]
    if best is not None and source is not None:
        nats["best possible"] = best(source)
    return count, sum(dataset.text_lengths), nats
