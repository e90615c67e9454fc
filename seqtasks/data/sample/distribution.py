"""The distribution of the sample's sentences: draws, exact entropy and exact mean length."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import accumulate
from random import Random
from typing import NamedTuple

from seqtasks.data.sample.grammar import PHRASES
from seqtasks.data.sample.lexeme import Lexeme
from seqtasks.data.sample.lexicon import WORD_CLASSES
from seqtasks.data.sample.rule import Rule


class Node(NamedTuple):
    """A phrase as it was drawn.

    Attributes:
        rule: the rule taken.
        parts: its parts in the order of the English pattern, phrases or words.
    """

    rule: Rule
    parts: tuple[Node | Lexeme, ...]


class Choice:
    """Some options with their probabilities.

    Attributes:
        options: rules of a phrase, or words of a class.
        probabilities: of each, together 1.
    """

    def __init__(self, options: Sequence[Rule | Lexeme], weights: Sequence[float]) -> None:
        *_, total = accumulate(weights)
        self.options = options
        self.probabilities = [weight / total for weight in weights]
        self._logs = [math.log(probability) for probability in self.probabilities]
        self._bounds = list(accumulate(self.probabilities))[:-1]

    def draw(self, uniform: float) -> tuple[Rule | Lexeme, float]:
        """The option at a number from [0, 1), and the log of its probability in nats."""
        index = bisect_right(self._bounds, uniform)
        return self.options[index], self._logs[index]


class Distribution:
    """A probabilistic grammar: a choice for each phrase and each word class.

    A phrase is drawn by one choice among its rules, then of each part independently. So the
    probability of a derivation is the product over its choices, and any quantity that adds up
    over them has an exact expectation, computed from the parts up.
    """

    def __init__(
        self, phrases: Mapping[str, Sequence[Rule]], words: Mapping[str, Sequence[Lexeme]]
    ) -> None:
        """Weigh rules as written, and the nth word of a class by n ** -1.25: nearly Zipf's law.

        Args:
            phrases: name of each phrase → its rules.
            words: name of each word class → its words, the most frequent first.
        """
        self.choices: dict[str, Choice] = {}
        for name, rules in phrases.items():
            self.choices[name] = Choice(rules, [rule.weight for rule in rules])
        for name, entries in words.items():
            self.choices[name] = Choice(
                entries, [1 / (n * math.sqrt(math.sqrt(n))) for n, _ in enumerate(entries, 1)]
            )

    def draw(self, name: str, random: Random) -> tuple[Node | Lexeme, float]:
        """Draw a phrase or word.

        Args:
            name: of the phrase or word class.
            random: gives one number for each choice.

        Returns:
            What was drawn, and the log of its probability in nats.
        """
        option, log_prob = self.choices[name].draw(random.random())
        if isinstance(option, Lexeme):
            return option, log_prob
        parts = []
        for part in option.parts:
            node, part_log_prob = self.draw(part, random)
            parts.append(node)
            log_prob += part_log_prob
        return Node(option, tuple(parts)), log_prob

    def entropy(self, name: str) -> float:
        """Entropy in nats of the derivations of a phrase or word class.

        By the chain rule this is the expected surprise of the choice and the entropy of each part.
        """
        return self._expect(name, lambda option, probability: -math.log(probability))

    def mean_length(self, name: str) -> float:
        """Number of English tokens expected of a phrase or word class.

        A rule has its fixed words and the words of its parts; a word has length 1.
        """
        return self._expect(
            name, lambda option, _: 1 if isinstance(option, Lexeme) else option.words
        )

    def _expect(self, name: str, value: Callable[[Rule | Lexeme, float], float]) -> float:
        """Expectation of a value that adds up over the choices of a derivation."""

        @cache
        def total(name: str) -> float:
            choice = self.choices[name]
            return math.fsum(
                probability * (value(option, probability) + sum(map(total, _parts_of(option))))
                for option, probability in zip(choice.options, choice.probabilities, strict=True)
            )

        return total(name)


def _parts_of(option: Rule | Lexeme) -> tuple[str, ...]:
    """Names of the parts of a rule; a word has none."""
    return () if isinstance(option, Lexeme) else option.parts


WORLD = Distribution(PHRASES, WORD_CLASSES)
"""The distribution of all sentences."""
