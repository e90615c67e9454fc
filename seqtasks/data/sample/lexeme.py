"""A word of the sample's language: one lemma in English and French, before any inflection."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

_AGREEMENT = re.compile("(?:([123])([sp]))?([mf])")
_VALENCES = {"+": 1, "-": -1}


class Agreement(NamedTuple):
    """The features that a noun or pronoun passes on to the words that agree with it.

    Attributes:
        person: 1, 2 or 3.
        plural: whether the noun stands in the plural.
        feminine: whether the noun is feminine in French.
    """

    person: int = 3
    plural: bool = False
    feminine: bool = False


class Context(NamedTuple):
    """The features that come down the tree to a word and decide its form.

    Attributes:
        agreement: of the noun or subject that the word agrees with.
        tense: ``present``, ``past`` or ``future``, of the clause around the word.
        negative: whether that clause is negative.
        finite: whether a verb here carries the tense; the verbs after it are infinitives.
        bare: whether the word opens the direct object of a negative verb (French *pas de*).
    """

    agreement: Agreement = Agreement()
    tense: str = "present"
    negative: bool = False
    finite: bool = True
    bare: bool = False


_THIRD_PERSON = Agreement()


@dataclass(frozen=True, eq=False)
class Lexeme:
    """A lemma with its translation.

    Attributes:
        english: the English lemma, always a single token.
        french: the French lemma; ``a|b`` is a before a consonant and b before a vowel.
        tag: universal part of speech of the English word.
        valence: +1, 0 or -1, what a verb or adjective says of its subject or object.
        agreement: what nouns and pronouns ask of the words that agree with them.
    """

    english: str
    french: str
    tag: str
    valence: int = 0
    agreement: Agreement = _THIRD_PERSON

    @classmethod
    def read(cls, entry: Sequence[str], tag: str) -> Lexeme:
        """Read an entry of ``lexicon.txt``, whose head explains the notation.

        >>> Lexeme.read(["bee", "abeille", "f"], "NOUN").agreement.feminine
        True
        >>> Lexeme.read(["-cry", "pleurer"], "VERB").valence
        -1
        """
        english, *french = entry
        agreement = _THIRD_PERSON
        if len(french) > 1 and (mark := _AGREEMENT.fullmatch(french[-1])):
            person, number, gender = mark.groups()
            agreement = Agreement(int(person or 3), number == "p", gender == "f")
            french.pop()
        valence = _VALENCES.get(english[0], 0)
        return cls(english.lstrip("+-"), " ".join(french), tag, valence, agreement)
