"""How often sequences of labels break a scheme, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from seqtasks.schemes.scheme import OUTSIDE, find_scheme
from seqtasks.schemes.spelling import violation

MOST_TOLD = 20
"""Mistakes that are kept in words."""

FEW, SOME = 0.01, 10
"""Labels of no scheme are mistakes in this share of the sequences, and in one of so many."""

Pair = tuple[str | None, str | None]
"""Two labels side by side, None before the first and after the last."""


@dataclass
class Breaks:
    """The sequences that break a scheme.

    Attributes:
        scheme: its name.
        sequences: how many were looked through, one by one.
        broken: the numbers of those that break it, from 0.
        foreign: how many of these have a label that the scheme does not have.
        told: the first mistake of each of the first `MOST_TOLD` that break it.
    """

    scheme: str
    sequences: int = 0
    broken: list[int] = field(default_factory=list)
    foreign: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def mistaken(self) -> bool:
        """Whether the labels that the scheme lacks are so few that they are mistakes.

        >>> [Breaks("BIO", count, foreign=1).mistaken for count in (9, 40)]
        [False, True]
        """
        return self.foreign <= max(FEW * self.sequences, self.sequences >= SOME)


def find_breaks(
    sequences: Iterable[Sequence[str]], scheme: str, seen: set[Pair] | None = None
) -> Breaks:
    """Look through all sequences, unless their neighbours, ``seen`` before, are all right.

    >>> find_breaks([["B-X"], ["O", "I-X"], ["NN"]], "BIO")
    Breaks(scheme='BIO', sequences=3, broken=[1, 2], foreign=1, \
told=["tag 2: 'I-X' cannot follow 'O' in BIO", \
"tag 1: 'NN' is no label of BIO, which has O and B, I, alone or as B-TYPE"])
    """
    rules, found = find_scheme(scheme), Breaks(scheme)
    if seen is not None and keeps(seen, scheme):
        return found
    right: set[Pair] = set()
    number = -1
    for number, labels in enumerate(sequences):
        pairs = neighbours(labels)
        if pairs <= right:
            continue
        if keeps(pairs, scheme):
            right |= pairs
            continue
        found.broken.append(number)
        found.foreign += any(label not in rules for label in labels)
        if len(found.told) < MOST_TOLD:
            found.told.append(str(violation(labels, scheme)))
    found.sequences = number + 1
    return found


def neighbours(labels: Sequence[str]) -> set[Pair]:
    """The labels of a sequence with the one that follows each.

    >>> sorted(neighbours(["A", "A"]), key=str)
    [('A', 'A'), ('A', None), (None, 'A')]
    """
    return {*pairwise((None, *labels, None))}


def passed(sequences: Iterable[Sequence[str]], seen: set[Pair]) -> Iterator[Sequence[str]]:
    """Yield the sequences, and keep their neighbours."""
    for labels in sequences:
        seen.update(pairwise((None, *labels, None)))
        yield labels


def keeps(pairs: Iterable[Pair], scheme: str) -> bool:
    """Whether a scheme has all labels, and each may follow the one before it."""
    rules = find_scheme(scheme)
    return all(
        all(label is None or label in rules for label in pair)
        and rules.follows(*(OUTSIDE if label is None else rules.parts(label) for label in pair))
        for pair in pairs
    )
