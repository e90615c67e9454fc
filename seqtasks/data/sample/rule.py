"""A rule of the grammar: one way to build a phrase, written as a pattern for each language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

_ELIDED = {"ne": "ne|n'", "que": "que|qu'", "de": "de|d'"}
"""French words of the patterns that lose their vowel before another one."""


class PatternSymbol(NamedTuple):
    """One symbol of a pattern.

    Attributes:
        part: the number of the part that stands here, counted from 0; None for a fixed word.
        word: the fixed word, or the name of the part.
        tag: universal part of speech of a fixed English word.
        head: whether the rest of the phrase agrees with this part.
        object: whether this part is the direct object of the verb.
    """

    part: int | None
    word: str
    tag: str = ""
    head: bool = False
    object: bool = False


@dataclass(frozen=True, eq=False)
class Rule:
    """One way to build a phrase.

    Both patterns are words separated by spaces. Capitalised names stand for parts: phrases or
    word classes; the French pattern has the same parts in an order of its own.

    * English ``word/TAG`` is a fixed token; ``Name*`` is a part that the others agree with;
      without one, the phrase agrees with what the phrase around it agrees with.
    * French ``word`` is a fixed token, but ``le`` agrees with its phrase, and ``ne`` and ``pas``
      stand only in a negative clause; ``Name~`` is a direct object, whose *un* turns to *de* in
      a negative clause; ``^`` announces an adjective before its noun, and *des* turns to *de*.

    Attributes:
        weight: how often the rule is taken, relative to the others of its phrase.
        english: the English pattern.
        french: the French pattern.
        tense: for a clause, the tense of its verb.
        negative: for a clause, whether it is negated.
        plural: for a noun phrase, its number.
    """

    weight: float
    english: str
    french: str
    tense: str = ""
    negative: bool = False
    plural: bool | None = None

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts, in the order of the English pattern."""
        return tuple(one.word for one in self.english_symbols if one.part is not None)

    @cached_property
    def heads(self) -> tuple[int, ...]:
        """Numbers of the parts that the others agree with, counted from 0."""
        return tuple(one.part for one in self.english_symbols if one.part is not None and one.head)

    @cached_property
    def words(self) -> int:
        """Number of fixed tokens in the English pattern.

        >>> rule = Rule(1, "Clause* and/CCONJ Clause ./PUNCT", "Clause et Clause .")
        >>> rule.parts, rule.words
        (('Clause', 'Clause'), 2)
        """
        return sum(one.part is None for one in self.english_symbols)

    @cached_property
    def english_symbols(self) -> tuple[PatternSymbol, ...]:
        """The symbols of the English pattern."""
        symbols: list[PatternSymbol] = []
        parts = 0
        for symbol in self.english.split():
            word, _, tag = symbol.partition("/")
            if tag:
                symbols.append(PatternSymbol(None, word, tag))
            else:
                symbols.append(PatternSymbol(parts, symbol.rstrip("*"), head=symbol.endswith("*")))
                parts += 1
        return tuple(symbols)

    @cached_property
    def french_symbols(self) -> tuple[PatternSymbol, ...]:
        """The symbols of the French pattern; the nth use of a name is the nth in English."""
        unused = [one for one in self.english_symbols if one.part is not None]
        symbols: list[PatternSymbol] = []
        for symbol in self.french.split():
            same = [one for one in unused if one.word == symbol.rstrip("~")]
            if same:
                unused.remove(same[0])
                symbols.append(same[0]._replace(object=symbol.endswith("~")))
            else:
                symbols.append(PatternSymbol(None, _ELIDED.get(symbol, symbol)))
        return tuple(symbols)
