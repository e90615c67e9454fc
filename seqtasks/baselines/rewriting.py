"""What a model that rewrites texts has to beat: answers that need no network."""

from __future__ import annotations

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from seqtasks.errors import UsageError, nearest

Pairs = Sequence[tuple[str, str]]
"""Training examples: source and target."""


def copied(pairs: Pairs, sources: Sequence[str]) -> list[str]:
    """The sources as they stand.

    >>> copied([], ["Paris"])
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
    best = {word: _commonest(count) for word, count in counts.items()}
    return [best.get(_first(source)) or _commonest(every) for source in sources]


def closest(pairs: Pairs, sources: Sequence[str]) -> list[str]:
    """The target of the training source that shares the longest beginning.

    >>> closest([("walked", "W AO K T"), ("talk", "T AO K")], ["walk", "tall"])
    ['W AO K T', 'T AO K']
    """
    known = sorted(pairs)
    found = []
    for source in sources:
        at = bisect(known, (source,))
        beside = known[max(at - 1, 0) : at + 1]
        found.append(max(beside, key=lambda pair: _shared(pair[0], source))[1])
    return found


GUESSES: dict[str, tuple[str, Callable[[Pairs, Sequence[str]], list[str]]]] = {
    "copy": ("copy of the source", copied),
    "frequent": ("most frequent answer to the first word", frequent),
    "closest": ("training source with the same beginning", closest),
}
"""Name → what the baseline is called in the table of scores, and the function."""


def find_guess(name: str) -> tuple[str, Callable[[Pairs, Sequence[str]], list[str]]]:
    """A baseline by its name.

    Raises:
        UsageError: there is no baseline of that name.
    """
    if name not in GUESSES:
        said = f"choose one of {', '.join(GUESSES)}, not '{name}'.{nearest(name, GUESSES)}"
        raise UsageError(said, option="baseline")
    return GUESSES[name]


def _first(source: str) -> str:
    return source.split(maxsplit=1)[0] if source.split() else ""


def _commonest(counts: Counter[str]) -> str:
    return min(counts, key=lambda target: (-counts[target], target))


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
