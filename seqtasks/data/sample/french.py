"""French word forms: gender and number, determiners, elision and contraction."""

from __future__ import annotations

from functools import cache

from seqtasks.data.sample.conjugation import conjugate
from seqtasks.data.sample.context import Context
from seqtasks.data.sample.euphony import settle
from seqtasks.data.sample.lexeme import Lexeme

DETERMINERS = {
    "le": ("le|l'", "la|l'", "les"),
    "un": ("un", "une", "des"),
    "ce": ("ce|cet", "cette", "ces"),
    "mon": ("mon", "ma|mon", "mes"),
    "son": ("son", "sa|son", "ses"),
    "notre": ("notre", "notre", "nos"),
    "votre": ("votre", "votre", "vos"),
    "leur": ("leur", "leur", "leurs"),
}
"""Masculine, feminine, plural."""

PLURALS = {"travail": "travaux", "bijou": "bijoux", "hibou": "hiboux", "bleu": "bleus"}

FEMININES = {
    "beau": "belle",
    "blanc": "blanche",
    "bon": "bonne",
    "frais": "fraîche",
    "gros": "grosse",
    "inquiet": "inquiète",
    "jaloux": "jalouse",
    "long": "longue",
    "nouveau": "nouvelle",
    "sec": "sèche",
    "vieux": "vieille",
}

FEMININE_ENDINGS = {"eux": "euse", "f": "ve", "er": "ère", "el": "elle", "e": "e"}

ASPIRATED = ("hache", "hérisson", "héros", "hibou", "hors", "huit", "onze")
"""What starts like a consonant in spite of its spelling."""

ADJECTIVE_FIRST = "^"
"""Written in a pattern before an adjective that stands before its noun; not a token."""

MERGED = {("des", ADJECTIVE_FIRST): "de|d'", ("de|d'", "des"): "de|d'"}
CONTRACTED = {
    ("de", "le"): "du",
    ("de", "les"): "des",
    ("à", "le"): "au",
    ("à", "les"): "aux",
}


def vowel(word: str) -> bool:
    """Whether a word starts with the sound of a vowel, so that *l'* stands before it.

    >>> vowel("homme"), vowel("hibou"), vowel("île")
    (True, False, True)
    """
    return word[0].lower() in "aàâeéèêhiîoôuyœ" and not word.startswith(ASPIRATED)


def plural(word: str) -> str:
    """The plural of a noun or masculine adjective.

    >>> plural("cheval"), plural("gâteau"), plural("souris"), plural("montre")
    ('chevaux', 'gâteaux', 'souris', 'montres')
    """
    if word in PLURALS:
        return PLURALS[word]
    if word.endswith("al"):
        return word[:-1] + "ux"
    if word.endswith(("eau", "eu")):
        return word + "x"
    return word if word.endswith(("s", "x", "z")) else word + "s"


def feminine(adjective: str) -> str:
    """The feminine singular of an adjective.

    >>> feminine("heureux"), feminine("léger"), feminine("rouge"), feminine("petit")
    ('heureuse', 'légère', 'rouge', 'petite')
    """
    if adjective in FEMININES:
        return FEMININES[adjective]
    for ending, replacement in FEMININE_ENDINGS.items():
        if adjective.endswith(ending):
            return adjective.removesuffix(ending) + replacement
    return adjective + "e"


def determiner(form: str, context: Context) -> str:
    """The form of a determiner in its phrase.

    >>> determiner("un", Context()), determiner("un", Context(bare=True))
    ('un', "de|d'")
    """
    if form == "un" and context.bare:
        return "de|d'"
    agreement = context.agreement
    return DETERMINERS[form][2 if agreement.plural else int(agreement.feminine)]


@cache
def inflect(word: Lexeme, context: Context) -> str:
    """The form of a word in its place; elision is left open, as in ``le|l'``.

    >>> from seqtasks.data.sample.lexeme import Agreement
    >>> inflect(Lexeme("old", "vieux|vieil", "ADJ"), Context(Agreement(feminine=True)))
    'vieille'
    """
    form, agreement = word.french, context.agreement
    if word.tag in ("VERB", "AUX"):
        return conjugate(form, agreement, context.tense) if context.finite else form
    if word.tag == "NOUN":
        return plural(form) if agreement.plural else form
    if word.tag == "DET" and form in DETERMINERS:
        return determiner(form, context)
    if word.tag == "ADJ" and (agreement.plural or agreement.feminine):
        form = form.partition("|")[0]
        form = feminine(form) if agreement.feminine else form
        return plural(form) if agreement.plural else form
    return form


def join(forms: list[str]) -> list[str]:
    """Make the tokens of a sentence out of its word forms: elide, contract, drop the marks.

    >>> join(["près", "de|d'", "le|l'", "homme", "de|d'", "le|l'", "parc"])
    ['près', 'de', "l'", 'homme', 'du', 'parc']
    """
    merged = [form for form in _pairs(forms, MERGED) if form != ADJECTIVE_FIRST]
    return _pairs(settle(merged, vowel), CONTRACTED)


def _pairs(forms: list[str], table: dict[tuple[str, str], str]) -> list[str]:
    """Replace each pair of neighbours that the table names by the one form it gives."""
    replaced: list[str] = []
    for form in forms:
        both = table.get((replaced[-1], form)) if replaced else None
        if both is None:
            replaced.append(form)
        else:
            replaced[-1] = both
    return replaced
