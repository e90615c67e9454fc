"""Whether a table begins with the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seqtasks.presets.guessing.names import KNOWN
from seqtasks.presets.guessing.values import few_distinct, is_number, mostly

_NAME = re.compile(r"[\w.-]{1,30}")
_LONGEST = 40  # characters of a name


def begins_with_names(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of some rows holds the names of columns.

    It does if a name is well known, and where its column holds numbers, labels or sentences and it
    does not look like one of these. A name does not stand in its column.

    >>> begins_with_names([["label", "text"], ["pos", "a film"], ["neg", "a bore"]])
    True
    >>> begins_with_names([["pos", "a film"], ["neg", "a bore"], ["pos", "a hit"]])
    False
    """
    first = [cell.strip() for cell in rows[0]]
    rest = [[cell.strip() for cell in row] for row in rows[1:]]
    rest = [row for row in rest if row != first]  # where files were joined
    columns = [[row[at] for row in rest if row[at : at + 1] > [""]] for at in range(len(first))]
    numbers = [mostly([*map(is_number, column)]) for column in columns]
    pairs = [(cell, column) for cell, column in zip(first, columns, strict=True) if cell]
    counts = [*map(str, range(len(first)))]
    if first in (counts, ["", *counts[:-1]]):
        return not all(numbers)
    if any(is_number(cell) or len(cell) > _LONGEST for cell in first):
        return False
    if any(cell in column for cell, column in pairs):
        return False
    if names_in(first) or any(numbers) or not rest:
        return True
    if any(few_distinct(column) for _, column in pairs):  # a label that no other row has is rare
        return True
    sentences = any(sum(map(len, map(str.split, c))) > 3 * len(c) for _, c in pairs)
    return sentences and all(_NAME.fullmatch(cell) for cell, _ in pairs)


def names_in(cells: Sequence[str]) -> list[str]:
    """The cells that are well-known names of columns, none if two cells are the same.

    >>> names_in(["Label", "Text", ""]), names_in(["good", "good"])
    (['label', 'text'], [])
    """
    told = [cell.strip().casefold().replace(" ", "_") for cell in cells]
    filled = [cell for cell in told if cell]
    return [cell for cell in filled if cell in KNOWN] if len({*filled}) == len(filled) else []
