"""Sentences of the small world, with their exact probability."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from seqtasks.data.sample.distribution import WORLD, Node
from seqtasks.data.sample.rendering import to_english, to_french
from seqtasks.data.sample.sentiment import label

_TOP = "Sentence"


@dataclass(frozen=True)
class Sentence:
    """A sentence in both languages with all that is known about it.

    Attributes:
        english: its tokens.
        french: the tokens of its translation.
        tags: universal part of speech of each English token.
        label: ``positive``, ``negative`` or ``neutral``.
        log_prob: log of the probability of the English tokens, in nats.
    """

    english: tuple[str, ...]
    french: tuple[str, ...]
    tags: tuple[str, ...]
    label: str
    log_prob: float


def sentences(count: int, seed: int) -> Iterator[Sentence]:
    """Draw sentences independently of each other.

    The same seed gives the same sentences on every machine, and more of them only add to the end.

    Args:
        count: number of sentences.
        seed: a whole number from 0.

    >>> first, second = sentences(2, seed=1)
    >>> len(first.english) == len(first.tags)
    True
    >>> [first, second] == list(sentences(3, seed=1))[:2]
    True
    """
    random = Random(seed)
    for _ in range(count):
        tree, log_prob = WORLD.draw(_TOP, random)
        assert isinstance(tree, Node)
        english, tags = to_english(tree)
        yield Sentence(english, to_french(tree), tags, label(tree), log_prob)


def entropy() -> float:
    """Exact entropy of a sentence, in nats per sentence.

    No English sentence has two derivations, so this is the entropy of the derivations. Sentences
    are independent and end in a full stop or question mark, so the best perplexity per token
    that any model can reach on a long text is ``exp(entropy() / mean_length())``.

    >>> import math
    >>> 8 < math.exp(entropy() / mean_length()) < 20
    True
    """
    return WORLD.entropy(_TOP)


def mean_length() -> float:
    """Exact mean length of a sentence, in English tokens with the closing mark.

    >>> 5 < mean_length() < 12
    True
    """
    return WORLD.mean_length(_TOP)
