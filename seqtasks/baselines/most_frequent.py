"""The commonest label of all, and the commonest tag of each token."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import TypeVar

from seqtasks.baselines.ngrams import Tokens

Label = TypeVar("Label", int, str)


def most_frequent(labels: Iterable[Label]) -> Label:
    """The commonest label, the least among equals; labels may come counted.

    >>> most_frequent([2, 1, 2, 1, 0]), most_frequent(Counter({"b": 1, "a": 1}))
    (1, 'a')
    """
    counts = Counter(labels)
    return min(counts, key=lambda label: (-counts[label], label))


def accuracy(guesses: Iterable[Tokens], expected: Iterable[Tokens]) -> float:
    """The share of the tags that are guessed right, over rows of tags."""
    pairs = [*zip(chain.from_iterable(guesses), chain.from_iterable(expected), strict=True)]
    return sum(int(guess) == int(tag) for guess, tag in pairs) / len(pairs)


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
