"""Names that people give to the columns of their tables, the surer ones first.

A name of an earlier line decides over those of a later one; two of one line are in doubt.
"""

from __future__ import annotations

Names = tuple[frozenset[str], ...]


def _tiers(*lines: str) -> Names:
    return tuple(frozenset(line.split()) for line in lines)


TEXT = _tiers(
    "text sentence document review content comment tweet message sms utterance post text_a "
    "review_text reviewtext review_body comment_text full_text sentence_text",
    "title headline body description abstract summary question query article phrase story "
    "email mail news word name input string sequence premise sentence1 question1",
)
SECOND_TEXT = _tiers("hypothesis text_b sentence2 question2 answer response context", "text2 b")
LABEL = _tiers(
    "label class category target intent gold_label class_label class_index class_name",
    "labels sentiment emotion topic stars star_rating rating score polarity spam is_spam language "
    "lang genre type tag toxic country nationality origin department section y",
)
NUMBER = _tiers(
    "label score target rating value price number y",
    "stars similarity strength amount count age year points length",
)
TOKENS = _tiers("tokens words", "text sentence form forms utterance token word")
TAGS = _tiers(
    "tags labels",
    "ner_tags pos_tags upos_tags chunk_tags upos xpos pos ner slots slot entities iob bio label",
)
SOURCE = _tiers(
    "source src",
    "input source_text src_text original prompt instruction",
    "word spelling grapheme graphemes orthography lemma command commands question article text",
)
TARGET = _tiers(
    "target tgt trg",
    "output target_text tgt_text trg_text translation translated completion response reference",
    "pronunciation phonemes phoneme ipa transcription form inflected actions answer summary "
    "highlights headline normalized corrected",
)
QUESTION = _tiers("question query", "q prompt source input")
CONTEXT = _tiers("story context passage", "paragraph article document text facts")
ANSWER = _tiers("answer", "answers a response output target label completion")

LANGUAGES = _tiers(
    "ar bg bn ca cs da de el en es et eu fa fi fr ga gl he hi hr hu id is it ja ka ko lt lv mk ms "
    "nl no pl pt ro ru sk sl sq sr sv ta te th tr uk ur vi zh english german french spanish "
    "italian portuguese dutch russian chinese japanese korean arabic turkish polish czech"
)[0]
"""Codes and names of languages, which name the sides of a translation."""

KNOWN = frozenset({"id"}).union(
    *TEXT, *SECOND_TEXT, *LABEL, *NUMBER, *TOKENS, *TAGS, *SOURCE, *TARGET, *QUESTION, *CONTEXT
)
"""All of these names but those of languages, which are words like others."""

_ENDS = ("_label", "_class", "_category", "_sentiment", "_type")
_BEGINNINGS = ("label_", "is_")


def tier(name: str, names: Names) -> int | None:
    """How sure a name is, 0 the surest; None where it is none of them.

    >>> tier("review", TEXT), tier("titles", TEXT), tier("id", TEXT)
    (0, 1, None)
    >>> tier("airline_sentiment", LABEL)
    2
    """
    for place, known in enumerate(names):
        if name in known or name.removesuffix("s") in known:
            return place
    if names is LABEL and (name.endswith(_ENDS) or name.startswith(_BEGINNINGS)):
        return len(names)
    return None
