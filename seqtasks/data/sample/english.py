"""English word forms: plurals, the third person, the past, the verb *be*, and a/an."""

from __future__ import annotations

from functools import cache

from seqtasks.data.sample.context import Context
from seqtasks.data.sample.lexeme import Agreement, Lexeme

PLURALS = {
    "man": "men",
    "woman": "women",
    "child": "children",
    "mouse": "mice",
    "wolf": "wolves",
    "thief": "thieves",
    "leaf": "leaves",
    "knife": "knives",
}

_PASTS = """
    sleep slept; fly flew; sing sang; fall fell; rise rose; eat ate; run ran; swim swam; see saw;
    find found; forget forgot; lose lost; seek sought; hide hid; draw drew; choose chose;
    meet met; bear bore; wake woke; light lit; buy bought; break broke; drink drank; steal stole;
    sell sold; bring brought; keep kept; throw threw; build built; make made; leave left;
    give gave; send sent; lend lent; go went; come came; say said; know knew; write wrote;
    hear heard; swear swore; do did; can could; prefer preferred;
    shine shone; ship shipped; travel travelled
"""
PASTS: dict[str, str] = dict(pair.split() for pair in _PASTS.split(";"))

VOWEL_SOUNDS = ("hour", "honest")
CONSONANT_SOUNDS = ("useful", "useless", "university")


def vowel(word: str) -> bool:
    """Whether a word starts with the sound of a vowel, so that *an* stands before it.

    >>> vowel("owl"), vowel("useful"), vowel("honest")
    (True, False, True)
    """
    return word in VOWEL_SOUNDS or (word[0].lower() in "aeiou" and word not in CONSONANT_SOUNDS)


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
    if verb in PASTS:
        return PASTS[verb]
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
def inflect(word: Lexeme, context: Context) -> str:
    """The form of a word in its place; *a* is left as ``a|an``.

    >>> inflect(Lexeme("see", "voir", "VERB"), Context(tense="past"))
    'saw'
    """
    agreement = context.agreement
    if word.tag == "NOUN":
        return (
            PLURALS.get(word.english) or with_s(word.english) if agreement.plural else word.english
        )
    if word.tag not in ("VERB", "AUX") or not context.finite or word.english == "will":
        return word.english
    if word.english == "be":
        return be(agreement, context.tense)
    if context.tense == "past":
        return past(word.english)
    if word.english == "can" and word.tag == "AUX":
        return "can"
    return with_s(word.english) if agreement[:2] == (3, False) else word.english
