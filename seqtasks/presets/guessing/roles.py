"""What the fields of each task ask of a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from seqtasks.presets.guessing import names
from seqtasks.presets.guessing.columns import Column
from seqtasks.presets.guessing.given import Given

_Likely = Callable[[Sequence[Column]], list[Column]]


class Role(NamedTuple):
    """What a field is fed by.

    Attributes:
        said: what it is called.
        names: of columns that are it.
        fits: whether a column of such a name may be it, by what it holds.
        likely: of some columns, those that may be it whatever their names.
        sign: what shows that, for a person.
    """

    said: str
    names: names.Names
    fits: Callable[[Column], bool]
    likely: _Likely
    sign: str


def _those(test: Callable[[Column], bool]) -> _Likely:
    return lambda columns: [column for column in columns if test(column)]


def _texts(columns: Sequence[Column]) -> list[Column]:
    """Those that hold texts; where some are more than a word or two, these alone."""
    texts = [column for column in columns if column.holds_texts]
    return [column for column in texts if column.long] or texts


def _fits_text(column: Column) -> bool:
    return not column.holds_numbers and (column.long or not column.holds_labels)


def _fits_label(column: Column) -> bool:
    return not column.holds_lists and not (column.holds_texts and column.long)


def _in_rows(column: Column) -> bool:
    return column.holds_lists or column.long


def _filled(_: Column) -> bool:
    return True


_DIFFER = "texts, and most differ"
_NONE = _those(lambda _: False)
TEXT = Role("the text", names.TEXT, _fits_text, _texts, _DIFFER)
SECOND_TEXT = TEXT._replace(said="the second text", names=names.SECOND_TEXT)
LABEL = Role(
    "the label", names.LABEL, _fits_label, _those(lambda one: one.holds_labels), "few values"
)
NUMBER = Role(
    "the number",
    names.NUMBER,
    lambda one: one.holds_numbers,
    _those(lambda one: one.measures),
    "numbers with decimals",
)
LABELS = Role("the labels", names.LABEL, _filled, _those(lambda one: one.holds_lists), "lists")
TOKENS = Role(
    "the tokens",
    names.TOKENS,
    _in_rows,
    _those(lambda one: _in_rows(one) and not one.holds_tags),
    "rows of tokens",
)
TAGS = Role(
    "the tags",
    names.TAGS,
    _in_rows,
    _those(lambda one: _in_rows(one) and one.holds_tags),
    "rows of few values",
)
SOURCE = Role("the source", names.SOURCE, _filled, _NONE, "")
TARGET = Role("the target", names.TARGET, _filled, _NONE, "")
QUESTION = Role("the question", names.QUESTION, _filled, _NONE, "")
CONTEXT = Role("the story", names.CONTEXT, _filled, _NONE, "")
ANSWER = Role("the answer", names.ANSWER, _filled, _NONE, "")

_LABEL_KINDS = {"number": NUMBER, "labels": LABELS}

FIELDS: Mapping[str, Mapping[str, Role]] = {
    "classification": {"tokens": TEXT, "label": LABEL},
    "one_to_one": {"tokens": TEXT, "label": LABEL},
    "tagging": {"tokens": TOKENS, "tags": TAGS},
    "joint": {"tokens": TOKENS, "tags": TAGS, "label": LABEL},
    "generation": {"tokens": TEXT},
    "translation": {"source": SOURCE, "target": TARGET},
    "transduction": {"source": SOURCE, "target": TARGET},
    "synchronous": {"tokens": SOURCE, "tags": TARGET},
    "question_answering": {"source": QUESTION, "target": ANSWER},
}
"""Task → field → what feeds it."""

USUAL: Mapping[str, Mapping[str, object]] = {
    "synchronous": {"tags": "target"},
    "question_answering": {"source": ["question", "story", "question"], "target": "answer"},
}
"""Task → field → the column of its configuration, where that is not the field's own name."""


def wanted_roles(given: Given) -> dict[str, Role]:
    """The fields for which no column is typed, and what feeds each."""
    roles = dict(FIELDS[given.task])
    if "label" in roles:
        kind = given.typed.get("field@data.label")
        roles["label"] = _LABEL_KINDS.get(str(kind), roles["label"])
    elif given.typed.get("task/condition") == "label":
        roles["label"] = LABEL
    if "field@data.pair" in given.typed:
        roles["pair"] = SECOND_TEXT
    return {field: role for field, role in roles.items() if given.wants(field)}
