"""French word forms: gender and number, determiners, elision and contraction."""

from __future__ import annotations

from functools import cache

from seqtasks.data.sample.conjugation import conjugate
from seqtasks.data.sample.euphony import choose_forms
from seqtasks.data.sample.lexeme import Context, Lexeme
from seqtasks.data.sample.tables import irregular_forms

_DETERMINERS = irregular_forms("French determiners")
_PLURALS = irregular_forms("French plurals")
_FEMININES = irregular_forms("French feminines")
_FEMININE_ENDINGS = {"eux": "euse", "f": "ve", "er": "ère", "el": "elle", "e": "e"}

_ASPIRATED = ("hache", "hérisson", "héros", "hibou", "hors", "huit", "onze")
"""Words that start like a consonant in spite of their spelling."""

_ADJECTIVE_FIRST = "^"
"""A mark in a pattern before an adjective that stands before its noun; not a token."""

_MERGED = {("des", _ADJECTIVE_FIRST): "de|d'", ("de|d'", "des"): "de|d'"}
_CONTRACTED = {("de", "le"): "du", ("de", "les"): "des", ("à", "le"): "au", ("à", "les"): "aux"}


def takes_elision(word: str) -> bool:
    """Whether a word starts with the sound of a vowel, so that *l'* stands before it.

    >>> takes_elision("homme"), takes_elision("hibou"), takes_elision("île")
    (True, False, True)
    """
    return word[0].lower() in "aàâeéèêhiîoôuyœ" and not word.startswith(_ASPIRATED)


def plural(word: str) -> str:
    """The plural of a noun or masculine adjective.

    >>> plural("cheval"), plural("gâteau"), plural("souris"), plural("montre")
    ('chevaux', 'gâteaux', 'souris', 'montres')
    """
    if word in _PLURALS:
        return _PLURALS[word][0]
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
    if adjective in _FEMININES:
        return _FEMININES[adjective][0]
    for ending, replacement in _FEMININE_ENDINGS.items():
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
    return _DETERMINERS[form][2 if agreement.plural else int(agreement.feminine)]


@cache
def french_form(word: Lexeme, context: Context) -> str:
    """The form of a word in its place; elision is left open, as in ``le|l'``.

    >>> from seqtasks.data.sample.lexeme import Agreement
    >>> french_form(Lexeme("old", "vieux|vieil", "ADJ"), Context(Agreement(feminine=True)))
    'vieille'
    """
    form, agreement = word.french, context.agreement
    if word.tag in ("VERB", "AUX"):
        return conjugate(form, agreement, context.tense) if context.finite else form
    if word.tag == "NOUN":
        return plural(form) if agreement.plural else form
    if word.tag == "DET" and form in _DETERMINERS:
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
    merged = [form for form in _pairs(forms, _MERGED) if form != _ADJECTIVE_FIRST]
    return _pairs(choose_forms(merged, takes_elision), _CONTRACTED)


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
