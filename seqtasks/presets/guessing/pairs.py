"""Pairs of texts: two files, one with tabs, or lines in which words mark the sides."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from seqtasks.data.readers.decoding import EmptyFile
from seqtasks.data.readers.files import find_files
from seqtasks.data.readers.paths import format_suffix
from seqtasks.data.readers.table import SUFFIXES
from seqtasks.presets.decision import Decision
from seqtasks.presets.guessing.beginnings import beginning_of
from seqtasks.presets.guessing.first_rows import names_in
from seqtasks.presets.guessing.given import Given
from seqtasks.presets.guessing.labelled_lines import places
from seqtasks.presets.guessing.values import mostly

_KEY = re.compile(r"(?:^|(?<=\s))([A-Z]\w*):(?=\s)")
_BARS = " ||| "
_SIDES: Mapping[str, tuple[str, str]] = {
    "classification": ("tokens", "label"),
    "one_to_one": ("tokens", "label"),
}
_OFTEN = 0.01
_MARKED = 0.98


def are_pairs(given: Given) -> str | None:
    """What shows that files hold the sides of pairs, None if nothing does."""
    plain = format_suffix(given.path) not in SUFFIXES
    if _sides(given.sources["train"]) == 2 and plain and "\t" not in given.first.filled[0]:
        return "two files, the source's and the target's"
    rows = [line.split("\t") for line in given.first.filled]
    two = mostly([len([cell for cell in row if cell.strip()]) == 2 for row in rows])
    licensed = mostly([len(row) == 3 and row[2].startswith("CC") for row in rows])
    if (two or licensed) and len(names_in(rows[0])) < 2 and format_suffix(given.path) != ".csv":
        return "a tab parts every line into two"
    return None


def pair_options(given: Given) -> list[Decision]:
    """The sides by their names, further right answers, and what is to stay in one part."""
    decisions = _named_sides(given)
    if _sides(given.sources["train"]) > 1:
        return decisions
    widths = {split: _most_columns(given, split) for split in given.sources}
    if more := [split for split, width in widths.items() if width > 2]:
        said = f"lines of data.{more[0]} have several right answers"
        decisions.append(Decision("data.reader.references", True, said))
    return decisions + _kept_together(given)


def _named_sides(given: Given) -> list[Decision]:
    """The columns of fields that are not called as the sides are."""
    others = {"synchronous": {"tokens": "source"}}
    others["question_answering"] = {"source": "source", "target": "target"}
    return [
        Decision(f"data.{field}.column", side, f"the {side} of the pairs")
        for field, side in others.get(given.task, {}).items()
        if given.wants(field)
    ]


def _kept_together(given: Given) -> list[Decision]:
    pairs = {tuple(line.split("\t")[:2]) for line in given.first.filled}
    sources = {source for source, *_ in pairs}
    if len(pairs) - len(sources) <= _OFTEN * len(pairs):
        return []
    field = "tokens" if given.task == "synchronous" else "source"
    said = f"{len(pairs) - len(sources):,} of {len(pairs):,} sources come again with other targets"
    return [Decision("data.split_by", field, said)]


def _sides(source: Any) -> int:
    """How many sides a source names."""
    return 1 if isinstance(source, (str, os.PathLike)) else len(source)


def _most_columns(given: Given, split: str) -> int:
    source = given.sources[split]
    if not source or _sides(source) > 1:
        return 0
    try:
        lines = beginning_of(find_files(source)[0], given.encoding).filled
    except EmptyFile:
        return 0
    rows = [[cell for cell in line.split("\t") if cell.strip()] for line in lines]
    return max((len(row) - row[-1].startswith("CC") for row in rows), default=0)


def has_marked_sides(given: Given) -> str | None:
    """What shows that words in capitals, or bars, mark the sides of each line."""
    marks = _marks(given.first.filled)
    return f"every line has {' and '.join(map(repr, marks))}" if marks else None


def marked_options(given: Given) -> list[Decision]:
    """The pattern of lines whose sides are marked."""
    if not (marks := _marks(given.first.filled)):
        return []
    first, second = _SIDES.get(given.task, ("source", "target"))
    if given.task in ("classification", "one_to_one") and _label_first(given, marks):
        first, second = second, first
    opening = f"{re.escape(marks[0])}\\s*" if len(marks) > 1 else ""
    pattern = rf"{opening}(?P<{first}>.+?)\s*{re.escape(marks[-1])}\s*(?P<{second}>.+)"
    said = f"what stands around {marks[-1]}"
    return [Decision("data.reader.pattern", pattern, said), *_named_sides(given)]


def _label_first(given: Given, marks: Sequence[str]) -> bool:
    lines = [line.removeprefix(marks[0]).strip() for line in given.first.filled]
    return any(place.side == "first" for place in places(lines)[:1])


def _marks(lines: Sequence[str]) -> list[str]:
    """What begins the first side and the second, or what parts them, on all of some lines."""
    if sum(line.count(_BARS) == 1 for line in lines) >= _MARKED * len(lines):
        return [_BARS.strip()]
    keys = _KEY.findall(lines[0])
    if len(keys) != 2:
        return []
    same = sum(line.startswith(f"{keys[0]}:") and _KEY.findall(line) == keys for line in lines)
    return [f"{key}:" for key in keys] if same >= _MARKED * len(lines) else []
