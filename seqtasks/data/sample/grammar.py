"""The grammar: every kind of phrase with the ways to build it.

A sentence is drawn from the top: at each phrase one rule is taken with a probability in
proportion to its weight, then each of its parts is drawn in the same way, independently. No
phrase contains itself, so the grammar is finite. Agreement, tense and word order choose nothing:
they follow from the rules taken. The notation is that of :class:`~.rule.Rule`.

No English sentence can be built in two ways. A verb is in no two classes that can be followed by
the same words. *Of* belongs to the noun before it and every other preposition to the verb of its
clause: a relative clause has none, and nor has a clause around one that starts with *that*. Only
whole clauses and whole subjects are joined, and a singular subject tells them apart by its verb.
"""

from __future__ import annotations

from seqtasks.data.sample.rule import Rule


def statements(weight: float, subject: str, predicate: str) -> list[Rule]:
    """The tenses of a statement with a full verb, affirmative and negative.

    Args:
        weight: of all of them together.
        subject: name of the phrase the verb agrees with.
        predicate: name of the phrase that starts with the verb.
    """
    s, p, w = subject, predicate, weight / 100
    return [
        Rule(28 * w, f"{s}* {p}", f"{s} {p}", "present"),
        Rule(26 * w, f"{s}* {p}", f"{s} {p}", "past"),
        Rule(9 * w, f"{s}* Will {p}", f"{s} {p}", "future"),
        Rule(4 * w, f"{s}* Can {p}", f"{s} Can {p}", "present"),
        Rule(3 * w, f"{s}* Can {p}", f"{s} Can {p}", "past"),
        Rule(12 * w, f"{s}* Do not/PART {p}", f"{s} {p}", "present", True),
        Rule(10 * w, f"{s}* Do not/PART {p}", f"{s} {p}", "past", True),
        Rule(5 * w, f"{s}* Will not/PART {p}", f"{s} {p}", "future", True),
        Rule(3 * w, f"{s}* Can not/PART {p}", f"{s} ne Can pas {p}", "present", True),
    ]


def descriptions(weight: float, subject: str, predicate: str) -> list[Rule]:
    """The tenses of a statement with *be*; arguments as of :func:`statements`."""
    s, p, w = subject, predicate, weight / 100
    return [
        Rule(32 * w, f"{s}* Be {p}", f"{s} Be {p}", "present"),
        Rule(24 * w, f"{s}* Be {p}", f"{s} Be {p}", "past"),
        Rule(10 * w, f"{s}* Will Be {p}", f"{s} Be {p}", "future"),
        Rule(16 * w, f"{s}* Be not/PART {p}", f"{s} ne Be pas {p}", "present", True),
        Rule(12 * w, f"{s}* Be not/PART {p}", f"{s} ne Be pas {p}", "past", True),
        Rule(6 * w, f"{s}* Will not/PART Be {p}", f"{s} ne Be pas {p}", "future", True),
    ]


def deed(weight: float, verb: str, complement: str = "") -> Rule:
    """A verb with what it takes and the adverbs around it.

    Args:
        weight: of the rule.
        verb: name of the word class.
        complement: name of the direct object, if it takes one.
    """
    french_object = complement and f"{complement}~"
    return Rule(
        weight,
        f"Frequency {verb} {complement} Manner Setting",
        f"ne {verb} pas Frequency Manner {french_object} Setting",
    )


def deed_to_pronoun(weight: float, verb: str) -> Rule:
    """A verb with a pronoun, which French puts before it; arguments as of :func:`deed`."""
    return Rule(
        weight,
        f"Frequency {verb} ObjectPronoun Manner Setting",
        f"ne ObjectPronoun {verb} pas Frequency Manner Setting",
    )


def noun_phrase(kind: str) -> list[Rule]:
    """A determiner or numeral and a described noun.

    Args:
        kind: ``Person``, ``Thing``, ``Place`` or ``Event``.
    """
    one, many = "SingularDeterminer", "PluralDeterminer"
    core = f"{kind}Core"
    return [
        Rule(72, f"{one} {core}*", f"{one} {core}", plural=False),
        Rule(20, f"{many} {core}*", f"{many} {core}", plural=True),
        Rule(3, f"Numeral {core}*", f"Numeral {core}", plural=True),
        Rule(1, f"the/DET Numeral {core}*", f"le Numeral {core}", plural=True),
    ]


def described_noun(kind: str, adjective: str) -> list[Rule]:
    """A noun with the adjectives before it in English, before and after it in French."""
    noun = f"{kind}Noun"
    return [
        Rule(72, noun, noun),
        Rule(10, f"SizeAdjective {noun}", f"^ SizeAdjective {noun}"),
        Rule(16, f"{adjective} {noun}", f"{noun} {adjective}"),
        Rule(2, f"SizeAdjective {adjective} {noun}", f"^ SizeAdjective {noun} {adjective}"),
    ]


def related(kind: str) -> list[Rule]:
    """A noun phrase with something after it or before it that tells which one is meant.

    Args:
        kind: ``Person`` or ``Thing``.
    """
    core = f"{kind}Core"
    return [
        Rule(4, f"the/DET {core}* {kind}Relative", f"le {core} {kind}Relative", plural=False),
        Rule(2, f"the/DET {core}* {kind}Relative", f"le {core} {kind}Relative", plural=True),
        Rule(3, f"the/DET {core}* of/ADP PlainPerson", f"le {core} de PlainPerson", plural=False),
        Rule(5, f"Name 's/PART {core}*", f"le {core} de Name", plural=False),
        Rule(2, f"Name 's/PART {core}*", f"le {core} de Name", plural=True),
    ]


PHRASES: dict[str, list[Rule]] = {
    "Sentence": [
        Rule(72, "Clause ./PUNCT", "Clause ."),
        Rule(4, "SentenceAdverb Clause ./PUNCT", "SentenceAdverb Clause ."),
        Rule(4, "Fact and/CCONJ Fact ./PUNCT", "Fact et Fact ."),
        Rule(6, "Fact but/CCONJ Fact ./PUNCT", "Fact mais Fact ."),
        Rule(5, "Fact Conjunction Fact ./PUNCT", "Fact Conjunction Fact ."),
        Rule(9, "Question ?/PUNCT", "Question ?"),
    ],
    # Clauses.
    "Clause": [
        *statements(78, "Subject", "Action"),
        *descriptions(16, "Subject", "PersonState"),
        *descriptions(6, "Thing", "ThingState"),
    ],
    "Fact": [
        *statements(80, "Subject", "SimpleDeed"),
        *descriptions(14, "Subject", "PersonState"),
        *descriptions(6, "Thing", "ThingState"),
    ],
    "Question": [
        Rule(30, "Do Subject* Action", "est-ce que Subject Action", "present"),
        Rule(20, "Do Subject* Action", "est-ce que Subject Action", "past"),
        Rule(10, "Will Subject* Action", "est-ce que Subject Action", "future"),
        Rule(5, "Can Subject* Action", "est-ce que Subject Can Action", "present"),
        Rule(10, "Be Subject* PersonState", "est-ce que Subject Be PersonState", "present"),
        Rule(5, "Be Thing* ThingState", "est-ce que Thing Be ThingState", "past"),
        Rule(10, "QuestionPronoun* Action", "QuestionPronoun Action", "present"),
        Rule(10, "QuestionPronoun* Action", "QuestionPronoun Action", "past"),
    ],
    # What is said of a subject.
    "Action": [
        Rule(82, "Deed", "Deed"),
        Rule(9, "DesireVerb to/PART Deed", "ne DesireVerb pas Deed"),
        Rule(9, "SpeechVerb that/SCONJ Fact", "ne SpeechVerb pas que Fact"),
    ],
    "Deed": [
        deed(26, "IntransitiveVerb"),
        deed(24, "TransitiveVerb", "Object"),
        deed(12, "PersonVerb", "Person"),
        deed(16, "ThingVerb", "Thing"),
        deed_to_pronoun(3, "TransitiveVerb"),
        deed_to_pronoun(7, "PersonVerb"),
        Rule(3, "Frequency PlaceVerb Place When", "ne PlaceVerb pas Frequency Place~ When"),
        Rule(
            6,
            "Frequency MotionVerb to/ADP Place When",
            "ne MotionVerb pas Frequency jusqu' à Place When",
        ),
        Rule(
            4,
            "Frequency TransferVerb Thing to/ADP PlainPerson",
            "ne TransferVerb pas Frequency Thing~ à PlainPerson",
        ),
        Rule(
            2,
            "Frequency TransferVerb Thing to/ADP DativePronoun",
            "ne DativePronoun TransferVerb pas Frequency Thing~",
        ),
    ],
    "PersonState": [
        Rule(88, "Degree PersonAdjective", "Degree PersonAdjective"),
        Rule(12, "Where", "Where"),
    ],
    "ThingState": [
        Rule(85, "Degree ThingAdjective", "Degree ThingAdjective"),
        Rule(15, "Where", "Where"),
    ],
    # Noun phrases.
    "Subject": [
        Rule(36, "SubjectPronoun*", "SubjectPronoun"),
        Rule(60, "Person*", "Person"),
        Rule(4, "PlainPerson* and/CCONJ PlainPerson*", "PlainPerson et PlainPerson"),
    ],
    "Object": [Rule(70, "Person*", "Person"), Rule(30, "Thing*", "Thing")],
    "Person": [Rule(84, "PlainPerson*", "PlainPerson"), *related("Person")],
    "Thing": [Rule(84, "PlainThing*", "PlainThing"), *related("Thing")],
    "PlainPerson": [*noun_phrase("Person"), Rule(22, "Name*", "Name")],
    "PlainThing": noun_phrase("Thing"),
    "Place": noun_phrase("Place"),
    "Event": noun_phrase("Event"),
    "PersonCore": described_noun("Person", "PersonAdjective"),
    "ThingCore": described_noun("Thing", "ThingAdjective"),
    "PlaceCore": described_noun("Place", "ThingAdjective"),
    "EventCore": described_noun("Event", "ThingAdjective"),
    # Relative clauses.
    "PersonRelative": [
        Rule(35, "that/PRON SimpleDeed", "qui SimpleDeed", "present"),
        Rule(25, "that/PRON SimpleDeed", "qui SimpleDeed", "past"),
        Rule(20, "that/PRON Do not/PART SimpleDeed", "qui SimpleDeed", "present", True),
        Rule(10, "that/PRON PlainPerson* PersonVerb", "que PlainPerson PersonVerb", "present"),
        Rule(10, "that/PRON PlainPerson* PersonVerb", "que PlainPerson PersonVerb", "past"),
    ],
    "ThingRelative": [
        Rule(1, "that/PRON PlainPerson* ThingVerb", "que PlainPerson ThingVerb", "present"),
        Rule(1, "that/PRON PlainPerson* ThingVerb", "que PlainPerson ThingVerb", "past"),
    ],
    "SimpleDeed": [
        Rule(35, "IntransitiveVerb", "ne IntransitiveVerb pas"),
        Rule(30, "TransitiveVerb PlainPerson", "ne TransitiveVerb pas PlainPerson~"),
        Rule(20, "ThingVerb PlainThing", "ne ThingVerb pas PlainThing~"),
        Rule(15, "PersonVerb ObjectPronoun", "ne ObjectPronoun PersonVerb pas"),
    ],
    # What may be left out.
    "Frequency": [Rule(92, "", ""), Rule(8, "FrequencyAdverb", "FrequencyAdverb")],
    "Manner": [Rule(82, "", ""), Rule(18, "MannerAdverb", "MannerAdverb")],
    "Degree": [Rule(75, "", ""), Rule(25, "DegreeAdverb", "DegreeAdverb")],
    "When": [Rule(80, "", ""), Rule(20, "EventPreposition Event", "EventPreposition Event")],
    "Setting": [
        Rule(70, "", ""),
        Rule(12, "Where", "Where"),
        Rule(8, "EventPreposition Event", "EventPreposition Event"),
        Rule(6, "PersonPreposition PlainPerson", "PersonPreposition PlainPerson"),
        Rule(4, "PersonPreposition StressedPronoun", "PersonPreposition StressedPronoun"),
        Rule(2, "Where EventPreposition Event", "Where EventPreposition Event"),
    ],
    "Where": [
        Rule(66, "PlacePreposition Place", "PlacePreposition Place"),
        Rule(16, "PlaceAdverb", "PlaceAdverb"),
        Rule(18, "in/ADP City", "à City"),
    ],
}
"""Name of the phrase → the rules that build it."""
