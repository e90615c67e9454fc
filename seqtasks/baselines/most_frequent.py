"""The commonest label of all, and the commonest tag of each token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Label = TypeVar("Label", int, str)

Numbers = NDArray[np.integer[Any]]


def most_frequent(counts: Mapping[Label, int]) -> Label:
    """The commonest label, the least among equals.

    >>> most_frequent({"b": 1, "a": 1})
    'a'
    """
    return min(counts, key=lambda label: (-counts[label], label))


class MostFrequentTag:
    """The commonest tag of each token in training; of an unseen token, the commonest tag of all.

    Among equals it is the least. Tokens and tags are numbers from 0 to 2³¹.

    Args:
        examples: parts of the training data: tokens (any number,), and the tag of each.

    >>> tagger = MostFrequentTag([(np.array([5, 6, 5]), np.array([0, 1, 0]))])
    >>> tagger.tag(np.array([5, 6, 7])).tolist()
    [0, 1, 0]
    """

    def __init__(self, examples: Iterable[tuple[Numbers, Numbers]]) -> None:
        pairs, counts = np.zeros((2, 0), dtype=np.int64)
        for tokens, tags in examples:
            some, times = np.unique(tokens.astype(np.int64) << 32 | tags, return_counts=True)
            pairs, place = np.unique(np.append(pairs, some), return_inverse=True)
            counts = np.bincount(place, np.append(counts, times)).astype(np.int64)
        seen, given = pairs >> 32, pairs & 0xFFFFFFFF
        self.default = int(np.bincount(given, counts).argmax())
        order = np.lexsort((given, -counts, seen))
        self.tokens, first = np.unique(seen[order], return_index=True)
        self.tags = given[order][first]

    def tag(self, tokens: Numbers) -> NDArray[np.int64]:
        """One tag for each token."""
        place = np.minimum(np.searchsorted(self.tokens, tokens), len(self.tokens) - 1)
        return np.where(self.tokens[place] == tokens, self.tags[place], self.default)
