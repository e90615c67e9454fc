"""French verbs: present, imperfect and future, in the persons the sentences use."""

from __future__ import annotations

from seqtasks.data.sample.lexeme import Agreement

IRREGULAR = {
    line.split()[0]: line.split()[1:]
    for line in """
    être suis est sommes êtes sont ser
    pouvoir peux peut pouvons pouvez peuvent pourr
    vouloir veux veut voulons voulez veulent voudr
    devoir dois doit devons devez doivent devr
    savoir sais sait savons savez savent saur
    voir vois voit voyons voyez voient verr
    boire bois boit buvons buvez boivent boir
    aller vais va allons allez vont ir
    venir viens vient venons venez viennent viendr
    courir cours court courons courez courent courr
    dormir dors dort dormons dormez dorment dormir
    mentir mens ment mentons mentez mentent mentir
    rire ris rit rions riez rient rir
    sourire souris sourit sourions souriez sourient sourir
    dire dis dit disons dites disent dir
    écrire écris écrit écrivons écrivez écrivent écrir
    décrire décris décrit décrivons décrivez décrivent décrir
    suivre suis suit suivons suivez suivent suivr
    détruire détruis détruit détruisons détruisez détruisent détruir
    construire construis construit construisons construisez construisent construir
    craindre crains craint craignons craignez craignent craindr
    peindre peins peint peignons peignez peignent peindr
    apprendre apprends apprend apprenons apprenez apprennent apprendr
    promettre promets promet promettons promettez promettent promettr
    ouvrir ouvre ouvre ouvrons ouvrez ouvrent ouvrir
    offrir offre offre offrons offrez offrent offrir
    couvrir couvre couvre couvrons couvrez couvrent couvrir
    souffrir souffre souffre souffrons souffrez souffrent souffrir
    accueillir accueille accueille accueillons accueillez accueillent accueiller
    envoyer envoie envoie envoyons envoyez envoient enverr
    """.strip().splitlines()
}
"""Infinitive → present of je, il, nous, vous, ils, then the stem of the future."""

STRESSED_STEMS = {
    "acheter": "achèt",
    "appeler": "appell",
    "effrayer": "effrai",
    "espérer": "espèr",
    "jeter": "jett",
    "libérer": "libèr",
    "nettoyer": "nettoi",
    "peser": "pès",
    "préférer": "préfèr",
    "protéger": "protèg",
    "répéter": "répèt",
    "sécher": "sèch",
}
"""Verbs in -er whose stem changes before a silent ending."""

PRESENT_ENDINGS = {
    "er": ["e", "e", "ons", "ez", "ent"],
    "ir": ["is", "it", "issons", "issez", "issent"],
    "re": ["s", "", "ons", "ez", "ent"],
}
IMPERFECT_ENDINGS = ["ais", "ait", "ions", "iez", "aient"]
FUTURE_ENDINGS = ["ai", "a", "ons", "ez", "ont"]


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
        return future_stem(infinitive) + FUTURE_ENDINGS[person]
    if tense == "present":
        return present(infinitive, person)
    stem = "ét" if infinitive == "être" else present(infinitive, 2).removesuffix("ons")
    ending = IMPERFECT_ENDINGS[person]
    if ending[0] == "i":
        stem = stem.removesuffix("e") if stem.endswith("ge") else stem.replace("ç", "c")
    return stem + ending


def present(infinitive: str, person: int) -> str:
    """The present of je, il, nous, vous or ils, counted from 0.

    >>> [present("menacer", person) for person in range(5)]
    ['menace', 'menace', 'menaçons', 'menacez', 'menacent']
    """
    if infinitive in IRREGULAR:
        return IRREGULAR[infinitive][person]
    stem, ending = infinitive[:-2], PRESENT_ENDINGS[infinitive[-2:]][person]
    if ending in ("e", "ent"):
        stem = STRESSED_STEMS.get(infinitive, stem)
    elif ending == "ons" and stem.endswith("g"):
        stem += "e"
    elif ending == "ons" and stem.endswith("c"):
        stem = stem[:-1] + "ç"
    return stem + ending


def future_stem(infinitive: str) -> str:
    """What the endings of the future are put to.

    >>> future_stem("acheter"), future_stem("espérer"), future_stem("vendre")
    ('achèter', 'espérer', 'vendr')
    """
    if infinitive in IRREGULAR:
        return IRREGULAR[infinitive][5]
    if infinitive in STRESSED_STEMS and "é" not in infinitive:
        return STRESSED_STEMS[infinitive] + "er"
    return infinitive.removesuffix("e")
