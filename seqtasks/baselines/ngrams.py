"""N-gram language models: the probability of a token given the few before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqtasks.baselines.budget import Budget
from seqtasks.data.store.ragged import Ragged
from seqtasks.errors import DataError, check_least

Tokens = Sequence[int] | NDArray[Any]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

AT_ONCE = 2**20
"""Tokens that are scored at once."""

SOUGHT_AT_ONCE = 2**17
"""N-grams that are looked for at once."""


class Level(NamedTuple):
    """What training leaves of the k-grams of one length.

    Attributes:
        keys: (k-grams,) the number that names each k-gram, ascending.
        kept: (k-grams + 1,) the discounted share of its context's count that each k-gram keeps;
            the last entry is 0, the share of a k-gram never seen.
        spread: (contexts + 1,) the share of its count that each context of k - 1 tokens gives to
            shorter contexts; the last entry is 1, the share of a context never seen.
    """

    keys: Integers
    kept: Floats
    spread: Floats


class NGram:
    """An n-gram model with modified Kneser-Ney smoothing (Chen and Goodman 1999, section 3).

    Interpolated at every order, with three discounts each:

        P(w | c) = (a(cw) - D(a(cw))) / A(c) + spread(c) P(w | c without its first token)

    A(c) is the sum of a(cw) over w, and spread(c) the share of it that the discounts took off.
    Below order 1 stands the uniform distribution; a context never seen passes everything on.
    At the highest order, a counts occurrences in training. At lower orders it counts the
    distinct tokens that precede the n-gram, where the beginning of each sequence counts as a
    token of its own; so n-grams that begin with ``<bos>`` count by their occurrences.

    The first token of a sequence is never predicted and serves as context only. A token with
    fewer than ``order - 1`` before it is predicted from those there are, by the lower order.

    Args:
        sequences: of training; none gives the uniform distribution.
        vocab_size: number of distinct tokens.
        order: tokens of an n-gram, the predicted one included; 1 or more.
        budget: stops what takes too long.

    Raises:
        UsageError: the order or the size of the vocabulary is below 1.
        DataError: a token, here or in a method, is not in the vocabulary.

    >>> import math
    >>> model = NGram([[0, 1, 2, 1, 2, 1]], vocab_size=3, order=2)
    >>> round(math.exp(model.log_prob([0, 1], 2)), 4)
    0.6852
    >>> total = sum(math.exp(model.log_prob([0, 1], token)) for token in range(3))
    >>> round(total, 12)
    1.0
    """

    def __init__(
        self,
        sequences: Iterable[Tokens],
        vocab_size: int,
        order: int = 5,
        budget: Budget | None = None,
    ) -> None:
        self.order = check_least("order", order, 1)
        self.vocab_size = check_least("vocab_size", vocab_size, 1)
        self.budget = budget or Budget()
        texts = _ragged(sequences)
        self.levels = self._fit(*self._flat(texts, 0, len(texts.values)))

    def nats(self, sequences: Iterable[Tokens]) -> float:
        """Total nats of every token after the first of its sequence, each given those before it."""
        texts = _ragged(sequences)
        return float(sum(-np.log(some).sum() for some in self._predicted(texts)))

    def log_prob(self, context: Tokens, token: int) -> float:
        """Natural logarithm of a token's probability after a context of any length.

        A context shorter than ``order - 1`` is taken for the beginning of a sequence; an empty
        one gives the probability of order 1.
        """
        texts = Ragged.pack([[*context, token]])
        return float(np.log(self._probabilities(*self._flat(texts, 0, len(texts.values)))[-1]))

    def _predicted(self, texts: Ragged) -> Iterator[Floats]:
        """The probabilities of all tokens but the first of each text, some at once."""
        for begin in range(0, len(texts.values), AT_ONCE):
            first = max(begin - self.order + 1, 0)  # the context of the first one
            values, place = self._flat(texts, first, min(begin + AT_ONCE, len(texts.values)))
            new = slice(begin - first, None)
            yield self._probabilities(values, place)[new][place[new] > 0]

    def _flat(self, texts: Ragged, first: int, last: int) -> tuple[Integers, Integers]:
        """Consecutive tokens (total,) and the place of each in its own text, from 0."""
        values = texts.values[first:last].astype(np.int64)
        if (wrong := values[(values < 0) | (values >= self.vocab_size)]).size:
            raise DataError(
                f"token {wrong[0]} is not in the vocabulary of this n-gram model; vocab_size="
                f"{self.vocab_size} allows 0 to {self.vocab_size - 1}"
            )
        place = np.arange(first, last)
        begun = np.searchsorted(texts.offsets, place, side="right") - 1
        return values, place - texts.offsets[begun]

    def _keys(self, size: int, ids: Integers, values: Integers, place: Integers) -> Integers:
        """A number (total,) for the n-gram of ``size`` tokens that ends at a place, -1 for none.

        The ids (total,) say which n-gram of one token less ends at each place, -1 for none.
        """
        keys = ids * self.vocab_size + np.roll(values, size - 1)
        return np.where(place >= size - 1, keys, -1)

    def _fit(self, values: Integers, place: Integers) -> list[Level]:
        levels = []
        ids, contexts = np.zeros_like(values), 1  # at first the n-gram of no token, the only one
        for size in self.budget.over(range(1, self.order + 1)):
            wanted = self._keys(size, ids, values, place)
            keys = _distinct(wanted[wanted >= 0])
            before, ids = np.roll(ids, 1), self._find(keys, wanted)
            predicted = place >= max(size - 1, 1)
            context = np.zeros(len(keys), dtype=np.int64)  # which shorter n-gram each goes on from
            context[ids[predicted]] = before[predicted]
            if size == self.order:
                counts = np.bincount(ids[predicted], minlength=len(keys))
            else:
                # Beginnings of sequences, and the distinct tokens before each n-gram: the n-grams
                # of one token more that end in that n-gram.
                counts = np.bincount(ids[predicted & (place == size - 1)], minlength=len(keys))
                longer = self._keys(size + 1, ids, values, place)
                preceded = _distinct(longer[longer >= 0]) // self.vocab_size
                counts += np.bincount(preceded, minlength=len(keys))
            levels.append(_level(keys, counts, context, contexts))
            contexts = len(keys)
        return levels

    def _probabilities(self, values: Integers, place: Integers) -> Floats:
        """(total,) of each token given those before it in its sequence, the first given none."""
        ids = np.zeros_like(values)
        result = np.full(len(values), 1 / self.vocab_size)
        for size, level in enumerate(self.levels, start=1):
            context = np.where(place >= size - 1, np.roll(ids, 1), -1)
            ids = self._find(level.keys, self._keys(size, ids, values, place))
            result = level.kept[ids] + level.spread[context] * result
        return result

    def _find(self, keys: Integers, wanted: Integers) -> Integers:
        """Where each wanted number stands among ascending keys, -1 where it does not."""
        found = np.full_like(wanted, -1)
        if len(keys):
            for begin in self.budget.over(range(0, len(wanted), SOUGHT_AT_ONCE)):
                some = wanted[begin : begin + SOUGHT_AT_ONCE]
                place = np.minimum(np.searchsorted(keys, some), len(keys) - 1)
                found[begin : begin + SOUGHT_AT_ONCE] = np.where(keys[place] == some, place, -1)
        return found


def _distinct(values: Integers) -> Integers:
    """The distinct values, ascending; sorting is far faster here than `numpy.unique`."""
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]


def _ragged(sequences: Iterable[Tokens]) -> Ragged:
    return sequences if isinstance(sequences, Ragged) else Ragged.pack(sequences)


def discounts(counts: Integers) -> Floats:
    """What to take off a count of 0, 1, 2, and 3 or more, (4,).

    With n_i the number of n-grams counted i times and Y = n_1 / (n_1 + 2 n_2), a count of i
    loses i - (i + 1) Y n_{i + 1} / n_i (Chen and Goodman 1999, section 3). Where that is not
    between 0 and i, or a number it needs is zero, the loss is i / 2.

    Args:
        counts: (n-grams,) how often each was counted.

    >>> discounts(np.array([1, 1, 1, 1, 2, 2, 3, 4])).tolist()
    [0.0, 0.5, 1.25, 1.0]
    >>> discounts(np.array([7, 8, 9])).tolist()
    [0.0, 0.5, 1.0, 1.5]
    """
    times = np.bincount(np.minimum(counts, 5), minlength=6).tolist()
    result = np.array([0.0, 0.5, 1.0, 1.5])
    for i in (1, 2, 3):
        if times[1] and times[2] and times[i]:
            loss = i - (i + 1) * times[1] / (times[1] + 2 * times[2]) * times[i + 1] / times[i]
            if 0 < loss < i:
                result[i] = loss
    return result


def _level(keys: Integers, counts: Integers, context: Integers, contexts: int) -> Level:
    """The shares of the n-grams of one length, from their counts and the context of each."""
    taken = discounts(counts)[np.minimum(counts, 3)]
    totals = np.bincount(context, counts, contexts)
    losses = np.bincount(context, taken, contexts)
    spread = np.append(np.where(totals > 0, losses, 1) / np.maximum(totals, 1), 1.0)
    kept = np.append((counts - taken) / np.maximum(totals, 1)[context], 0.0)
    return Level(keys, kept, spread)
