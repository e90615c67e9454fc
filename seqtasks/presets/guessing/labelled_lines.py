"""Lines of a label and a text: on which side the label stands, and what parts the two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from seqtasks.data.readers.lines import FAST_TEXT, LineReader
from seqtasks.presets.decision import Decision
from seqtasks.presets.guessing.given import Given
from seqtasks.presets.guessing.values import are_words, few_distinct, mostly

_SEPARATORS = ("\t", None, " ||| ", "|||", "||", "::", "|", "@", ";", ",", ": ")
_NAMED = {"\t": "a tab", None: "white space"}


class Place(NamedTuple):
    """Where labels stand in lines.

    Attributes:
        side: ``first`` or ``last``.
        separator: between label and text, None for white space.
        labels: how many different ones there are.
    """

    side: str
    separator: str | None
    labels: int

    @property
    def said(self) -> str:
        """What the place is, for a person."""
        between = _NAMED.get(self.separator, repr(self.separator))
        return f"the {self.side} part of a line, up to {between}, is one of {self.labels} labels"


def places(lines: Sequence[str]) -> list[Place]:
    """The places in which labels may stand in lines that are not blank, the surest ones first.

    >>> places(["0 how ?", "1 who ?", "0 why so ?", "1 who is he ?"])
    [Place(side='first', separator=None, labels=2)]
    """
    for separator in _SEPARATORS:
        found = [place for side in ("first", "last") if (place := _place(lines, side, separator))]
        if found:
            return sorted(found, key=lambda place: place.labels)
    return []


def _place(lines: Sequence[str], side: str, separator: str | None) -> Place | None:
    reader = LineReader(label=side, separator=separator)
    parts = [reader.split(line) for line in lines]
    found = [part for part in parts if part and part[0].strip() and part[1]]
    labels = [label for _, label in found]
    texts = {text for text, _ in found}
    if not mostly([part is not None for part in parts]) or len(found) < 0.95 * len(parts):
        return None
    if not 2 <= len({*labels}) < len(texts):
        return None
    if not few_distinct(labels) or not are_words(labels):
        return None
    if side == "last" and sum(map(len, map(str.split, texts))) < 1.5 * len(texts):
        return None  # of two words the first is the label, as a reader takes it
    return Place(side, separator, len({*labels}))


def surest(lines: Sequence[str]) -> Place | None:
    """The place in which labels stand; None if there is none, or another is nearly as likely."""
    found = places(lines)
    if not found or (len(found) > 1 and found[0].labels * 4 > found[1].labels):
        return None
    return found[0]


def has_labelled_lines(given: Given) -> str | None:
    """What shows that lines have labels, None if nothing does."""
    lines = given.first.filled
    if lines[0].startswith(FAST_TEXT):
        return f"its lines begin with {FAST_TEXT}"
    found = surest(lines)
    return None if found is None else found.said


def line_options(given: Given) -> list[Decision]:
    """The options by which lines with labels are read."""
    lines = given.first.filled
    if lines[0].startswith(FAST_TEXT):
        return []
    if given.typed.get("data") and _is_as_usual(lines):
        return []
    return [*_place_options(surest(lines))]


def _is_as_usual(lines: Sequence[str]) -> bool:
    """Whether lines can be read as a reader that is named takes them by itself."""
    labels = [part[1] for part in map(LineReader().split, lines) if part and part[1]]
    return len({*labels}) > 1 and few_distinct(labels)


def _place_options(found: Place | None) -> Iterator[Decision]:
    if found is None:
        return
    if found.side != "first":
        yield Decision("data.reader.label", found.side, f"{found.labels} labels end the lines")
    if found.separator is not None:
        between = _NAMED.get(found.separator, repr(found.separator))
        yield Decision("data.reader.separator", found.separator, f"{between} is in every line")
