"""What a model that rewrites texts has to beat: answers that need no network."""

from __future__ import annotations

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import NamedTuple

from seqtasks.baselines.most_frequent import most_frequent
from seqtasks.errors import check_choice

Pairs = Iterable[tuple[str, str]]
"""Training examples: source and target."""

Answer = Callable[[str], str]
"""From a source to an answer."""

LEARNT_FROM = 150_000
"""Training pairs that a baseline learns from, at most; of more, so many evenly spread ones."""


def copied_source(pairs: Pairs) -> Answer:
    """Answer with the source as it stands.

    >>> copied_source([])("Paris")
    'Paris'
    """
    return str


def frequent(pairs: Pairs) -> Answer:
    """Answer with the commonest target of the training sources that begin with the same word.

    Of an unseen word, the commonest of all; among equals the first in the alphabet.

    >>> pairs = [("who ?", "Anna"), ("where ?", "park"), ("who else ?", "Anna")]
    >>> [frequent(pairs)(source) for source in ("who", "why", "where")]
    ['Anna', 'Anna', 'park']
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    every: Counter[str] = Counter()
    for source, target in pairs:
        counts[_first(source)][target] += 1
        every[target] += 1
    best = {word: most_frequent(count) for word, count in counts.items()}
    usual = most_frequent(every)
    return lambda source: best.get(_first(source)) or usual


def closest_beginning(pairs: Pairs) -> Answer:
    """Answer with the target of the training source that shares the longest beginning.

    >>> answer = closest_beginning([("walked", "W AO K T"), ("talk", "T AO K")])
    >>> answer("walk"), answer("tall")
    ('W AO K T', 'T AO K')
    """
    known = sorted(pairs)

    def answer(source: str) -> str:
        at = bisect(known, (source,))
        beside = known[max(at - 1, 0) : at + 1]
        return max(beside, key=lambda pair: _shared(pair[0], source))[1]

    return answer


class Guess(NamedTuple):
    """A baseline.

    Attributes:
        title: what it is called in the table of scores.
        learn: from training examples to what answers.
        learns: whether the training examples matter.
    """

    title: str
    learn: Callable[[Pairs], Answer]
    learns: bool = True


GUESSES = {
    "copy": Guess("copy of the source", copied_source, learns=False),
    "frequent": Guess("most frequent answer to the first word", frequent),
    "closest": Guess("training source with the same beginning", closest_beginning),
}
"""Baselines by name."""


def find_guess(name: str) -> Guess:
    """A baseline by its name (UsageError: there is no baseline of that name)."""
    return GUESSES[check_choice("baseline", name, GUESSES)]


def _first(source: str) -> str:
    return source.split(maxsplit=1)[0] if source.split() else ""


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return len([*takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))])
