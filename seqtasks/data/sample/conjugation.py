"""French verbs: present, imperfect and future, in the persons that the sentences use."""

from __future__ import annotations

from seqtasks.data.sample.lexeme import Agreement
from seqtasks.data.sample.tables import irregular_forms

_IRREGULAR = irregular_forms("French verbs")
_STRESSED_STEMS = irregular_forms("French stressed stems")
_PRESENT_ENDINGS = {
    "er": ["e", "e", "ons", "ez", "ent"],
    "ir": ["is", "it", "issons", "issez", "issent"],
    "re": ["s", "", "ons", "ez", "ent"],
}
_IMPERFECT_ENDINGS = ["ais", "ait", "ions", "iez", "aient"]
_FUTURE_ENDINGS = ["ai", "a", "ons", "ez", "ont"]


def conjugate(infinitive: str, agreement: Agreement, tense: str) -> str:
    """The finite form of a verb for its subject.

    Args:
        infinitive: the French verb.
        agreement: of the subject: je, il/elle, nous, vous or ils/elles.
        tense: ``present``, ``past`` (the imperfect) or ``future``.

    >>> conjugate("nager", Agreement(1, True), "present"), conjugate("voir", Agreement(), "future")
    ('nageons', 'verra')
    """
    person = {(1, False): 0, (3, False): 1, (1, True): 2, (2, True): 3, (3, True): 4}[agreement[:2]]
    if tense == "future":
        return future_stem(infinitive) + _FUTURE_ENDINGS[person]
    if tense == "present":
        return present(infinitive, person)
    stem = "ét" if infinitive == "être" else present(infinitive, 2).removesuffix("ons")
    ending = _IMPERFECT_ENDINGS[person]
    if ending[0] == "i":
        stem = stem.removesuffix("e") if stem.endswith("ge") else stem.replace("ç", "c")
    return stem + ending


def present(infinitive: str, person: int) -> str:
    """The present of je, il, nous, vous or ils, counted from 0.

    >>> [present("menacer", person) for person in range(5)]
    ['menace', 'menace', 'menaçons', 'menacez', 'menacent']
    """
    if infinitive in _IRREGULAR:
        return _IRREGULAR[infinitive][person]
    stem, ending = infinitive[:-2], _PRESENT_ENDINGS[infinitive[-2:]][person]
    if ending in ("e", "ent"):
        stem = _STRESSED_STEMS.get(infinitive, [stem])[0]
    elif ending == "ons" and stem.endswith("g"):
        stem += "e"
    elif ending == "ons" and stem.endswith("c"):
        stem = stem[:-1] + "ç"
    return stem + ending


def future_stem(infinitive: str) -> str:
    """The stem that the endings of the future are added to.

    >>> future_stem("acheter"), future_stem("espérer"), future_stem("vendre")
    ('achèter', 'espérer', 'vendr')
    """
    if infinitive in _IRREGULAR:
        return _IRREGULAR[infinitive][5]
    if infinitive in _STRESSED_STEMS and "é" not in infinitive:
        return _STRESSED_STEMS[infinitive][0] + "er"
    return infinitive.removesuffix("e")
