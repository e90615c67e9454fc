"""What a model that rewrites texts has to beat: answers that need no network."""

from __future__ import annotations

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import takewhile

from seqtasks.baselines.most_frequent import most_frequent
from seqtasks.errors import check_choice

Pairs = Sequence[tuple[str, str]]
"""Training examples: source and target."""

Guess = Callable[[Pairs, Sequence[str]], list[str]]
"""From training examples and further sources to an answer for each of the sources."""


def copied_source(pairs: Pairs, sources: Sequence[str]) -> list[str]:
    """The sources as they stand.

    >>> copied_source([], ["Paris"])
    ['Paris']
    """
    return list(sources)


def frequent(pairs: Pairs, sources: Sequence[str]) -> list[str]:
    """The commonest target of the training sources that begin with the same word.

    Of an unseen word, the commonest of all; among equals the first in the alphabet.

    >>> frequent([("who ?", "Anna"), ("where ?", "park"), ("who else ?", "Anna")], ["who", "why"])
    ['Anna', 'Anna']
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for source, target in pairs:
        counts[_first(source)][target] += 1
    every: Counter[str] = sum(counts.values(), Counter())
    best = {word: most_frequent(count) for word, count in counts.items()}
    return [best.get(_first(source)) or most_frequent(every) for source in sources]


def closest_beginning(pairs: Pairs, sources: Sequence[str]) -> list[str]:
    """The target of the training source that shares the longest beginning.

    >>> closest_beginning([("walked", "W AO K T"), ("talk", "T AO K")], ["walk", "tall"])
    ['W AO K T', 'T AO K']
    """
    known = sorted(pairs)
    found = []
    for source in sources:
        at = bisect(known, (source,))
        beside = known[max(at - 1, 0) : at + 1]
        found.append(max(beside, key=lambda pair: _shared(pair[0], source))[1])
    return found


GUESSES: dict[str, tuple[str, Guess]] = {
    "copy": ("copy of the source", copied_source),
    "frequent": ("most frequent answer to the first word", frequent),
    "closest": ("training source with the same beginning", closest_beginning),
}
"""Name → what the baseline is called in the table of scores, and the function."""


def find_guess(name: str) -> tuple[str, Guess]:
    """A baseline by its name (UsageError: there is no baseline of that name)."""
    return GUESSES[check_choice("baseline", name, GUESSES)]


def _first(source: str) -> str:
    return source.split(maxsplit=1)[0] if source.split() else ""


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return len([*takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))])
