"""A word of the small world: one lemma in both languages, before any inflection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Agreement(NamedTuple):
    """What a noun or pronoun asks of the words that agree with it.

    Attributes:
        person: 1, 2 or 3.
        plural: whether it stands in the plural.
        feminine: its gender in French.
    """

    person: int = 3
    plural: bool = False
    feminine: bool = False


THIRD_PERSON = Agreement()


@dataclass(frozen=True, eq=False)
class Lexeme:
    """A lemma with its translation.

    Attributes:
        english: the English lemma, always a single token.
        french: the French lemma; ``a|b`` is a before a consonant and b before a vowel.
        tag: universal part of speech of the English word.
        valence: +1, 0 or -1, what a verb or adjective says of its subject or object.
        agreement: what it asks of others, for nouns and pronouns.
    """

    english: str
    french: str
    tag: str
    valence: int = 0
    agreement: Agreement = THIRD_PERSON


def lexemes(table: str, tag: str) -> list[Lexeme]:
    """Read a table of words, the most frequent first.

    Entries are separated by semicolons: an English word, with a leading ``+`` or ``-`` where it
    is pleasant or unpleasant, then the French, and for a noun or name its gender ``m`` or ``f``.

    Args:
        table: the entries.
        tag: universal part of speech of all of them.

    >>> dog, bee = lexemes("dog chien m; bee abeille f", "NOUN")
    >>> bee.french, bee.agreement.feminine
    ('abeille', True)
    >>> lexemes("-cry pleurer", "VERB")[0].valence
    -1
    """
    found = []
    for entry in table.split(";"):
        english, *french = entry.split()
        feminine = french[-1] == "f"
        if tag in ("NOUN", "PROPN") and len(french) > 1:
            french.pop()
        found.append(
            Lexeme(
                english=english.lstrip("+-"),
                french=" ".join(french),
                tag=tag,
                valence={"+": 1, "-": -1}.get(english[0], 0),
                agreement=Agreement(feminine=feminine),
            )
        )
    return found
