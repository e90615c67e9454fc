"""What a language model has to beat: the scores of methods without a network."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqtasks.baselines.budget import Budget
from seqtasks.baselines.ngrams import NGram
from seqtasks.baselines.parts import beginning
from seqtasks.data.store.ragged import Ragged

if TYPE_CHECKING:
    from seqtasks.data.module import SequenceData

FITTED_ON = 2_000_000
"""Tokens of training that an n-gram model is fitted on, at most."""

AT_ONCE = 2**20
"""Tokens that are looked at at once."""


def unigram_nats(train: Ragged, test: Ragged, vocab_size: int, budget: Budget) -> float:
    """Total nats of the test tokens under their training frequencies, one added to each count.

    The first token of a text is neither counted nor predicted.

    >>> train, test = Ragged.pack([[9, 0, 0, 1]]), Ragged.pack([[9, 0]])
    >>> round(unigram_nats(train, test, 10, Budget()), 4) == round(-math.log(3 / 13), 4)
    True
    """
    counts = np.ones(vocab_size)
    for tokens in budget.over(_cut(train.values)):
        counts += np.bincount(tokens, minlength=vocab_size)
    first = train.values[train.offsets[:-1][train.lengths > 0]]
    counts -= np.bincount(first, minlength=vocab_size)
    nats = -np.log(counts / counts.sum())
    texts = (tokens for text in test for tokens in _cut(text[1:]))
    return float(sum(nats[tokens].sum() for tokens in budget.over(texts)))


def _cut(values: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Parts of a text."""
    return (values[at : at + AT_ONCE] for at in range(0, len(values), AT_ONCE))


def language_nats(
    data: SequenceData,
    vocab_size: int,
    order: int | None,
    budget: Budget,
    condition: str | None = None,
) -> tuple[int, int, dict[str, float]]:
    """What a language model of the field ``tokens`` has to beat on the test split.

    N-gram models are fitted on the beginning of the training split, `FITTED_ON` tokens at most.

    Args:
        data: with its splits read.
        vocab_size: symbols of the vocabulary.
        order: of the longer n-gram model; None for none.
        budget: leaves out what takes too long.
        condition: the field that texts start from. Texts of a label that training never shows are
            left out, as they are for the model; None takes all.

    Returns:
        The tokens to predict, all but the first of each text; the characters; and the total nats
        by the method's name, those of the best possible model too where the reader knows it.
    """
    whole = data.datasets["train"].encoded["tokens"]
    train = beginning(whole, FITTED_ON)
    dataset = data.datasets[data.test_split]
    test, characters = dataset.encoded["tokens"], dataset.text_lengths
    if condition is not None and dataset.fields[condition].unseen.labels:
        known = dataset.encoded[condition] < len(dataset.fields[condition].vocabulary)
        test = Ragged.pack([test[at] for at in np.flatnonzero(known)])
        characters = characters[known]
    count = int((test.lengths - 1).sum())
    fitted = "" if train is whole else f" (of {FITTED_ON:,} tokens)"

    def ngram(order: int) -> float:
        return NGram(train, vocab_size, order, budget).nats(test)

    methods: dict[str, Callable[[], float]] = {
        "uniform": lambda: count * math.log(vocab_size),
        f"unigram{fitted}": lambda: unigram_nats(train, test, vocab_size, budget),
        f"bigram{fitted}": lambda: ngram(2),
    }
    if order is not None:
        methods[f"{order}-gram{fitted}"] = lambda: ngram(order)
    best = getattr(data.reader, "best_nats", None)
    source = data.sources[data.test_split]
    if best is not None and source is not None:
        methods["best possible"] = lambda: best(source)
    nats: dict[str, float] = {}
    for name, method in methods.items():
        with budget.of(name):
            nats[name] = method()
    return count, int(characters.sum()), nats
