"""English word forms: plurals, the third person, the past, the verb *be*, and a/an."""

from __future__ import annotations

from functools import cache

from seqtasks.data.sample.lexeme import Agreement, Context, Lexeme
from seqtasks.data.sample.tables import irregular_forms

_PLURALS = irregular_forms("English plurals")
_PASTS = irregular_forms("English pasts")
_VOWEL_SOUNDS = ("hour", "honest")
_CONSONANT_SOUNDS = ("useful", "useless", "university")


def takes_an(word: str) -> bool:
    """Whether a word starts with the sound of a vowel, so that *an* stands before it.

    >>> takes_an("owl"), takes_an("useful"), takes_an("honest")
    (True, False, True)
    """
    return word in _VOWEL_SOUNDS or (word[0].lower() in "aeiou" and word not in _CONSONANT_SOUNDS)


def with_s(word: str) -> str:
    """A regular plural or third person.

    >>> with_s("dog"), with_s("watch"), with_s("cry"), with_s("play")
    ('dogs', 'watches', 'cries', 'plays')
    """
    if word.endswith("y") and word[-2] not in "aeou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "sh", "ch", "x", "o")) and word != "piano" else "s")


def past(verb: str) -> str:
    """The simple past.

    >>> past("see"), past("cry"), past("love"), past("watch")
    ('saw', 'cried', 'loved', 'watched')
    """
    if verb in _PASTS:
        return _PASTS[verb][0]
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb[:-1] + "ied"
    return verb + ("d" if verb.endswith("e") else "ed")


def be(agreement: Agreement, tense: str) -> str:
    """The finite forms of *be*.

    >>> be(Agreement(person=1), "present"), be(Agreement(plural=True), "past")
    ('am', 'were')
    """
    several = agreement.plural or agreement.person == 2
    if tense == "past":
        return "were" if several else "was"
    return "are" if several else "am" if agreement.person == 1 else "is"


@cache
def english_form(word: Lexeme, context: Context) -> str:
    """The form of a word in its place; *a* is left as ``a|an``.

    >>> english_form(Lexeme("see", "voir", "VERB"), Context(tense="past"))
    'saw'
    """
    agreement, lemma = context.agreement, word.english
    if word.tag == "NOUN" and agreement.plural:
        return _PLURALS[lemma][0] if lemma in _PLURALS else with_s(lemma)
    if word.tag not in ("VERB", "AUX") or not context.finite or lemma == "will":
        return lemma
    if lemma == "be":
        return be(agreement, context.tense)
    if context.tense == "past":
        return past(lemma)
    modal = lemma == "can" and word.tag == "AUX"
    return with_s(lemma) if agreement[:2] == (3, False) and not modal else lemma
