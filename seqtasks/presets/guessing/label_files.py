"""Files that are named after the labels of their lines."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from seqtasks.data.readers.decoding import EmptyFile
from seqtasks.data.readers.paths import FilePath, format_stem
from seqtasks.errors import few
from seqtasks.presets.decision import Decision
from seqtasks.presets.guessing.beginnings import beginning_of
from seqtasks.presets.guessing.given import Given

_PART = re.compile(r"[\W\d_]+|(?<![a-z])(train|dev|val|test|part|shard|split|data)(?![a-z])", re.I)
_LOOKED_AT = 100  # files
_OFTEN = 0.01


def are_named_after_labels(given: Given) -> str | None:
    """What shows that each file is named after the label of its lines, None if nothing does."""
    names = [format_stem(path) for path in given.files]
    words = {_PART.sub("", name) for name in names}
    if len(names) < 2 or not len({*names}) == len(words) == len(names) or "" in words:
        return None
    return f"a file for each label: {few(names, 4)}"


def label_file_options(given: Given) -> list[Decision]:
    """What becomes of lines that stand in files of several labels."""
    labels: dict[str, set[str]] = defaultdict(set)
    for path in given.files[:_LOOKED_AT]:
        for line in _lines(given, path):
            labels[line.strip()].add(format_stem(path))
    several = sum(len(found) > 1 for found in labels.values())
    if several <= _OFTEN * len(labels):
        return []
    said = f"{several} of {len(labels):,} texts stand in files of several labels"
    return [Decision("data.reader.repeated", "unambiguous", said)]


def _lines(given: Given, path: FilePath) -> Sequence[str]:
    try:
        return beginning_of(path, given.encoding).filled
    except EmptyFile:
        return []
