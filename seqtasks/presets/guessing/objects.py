"""The first objects of a JSON file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from seqtasks.data.readers.json_documents import DECODER
from seqtasks.data.readers.json_lines import json_value
from seqtasks.data.record import Value
from seqtasks.errors import DataError
from seqtasks.presets.guessing.columns import Column

_BETWEEN = re.compile(r"[\s,\[]*")


def first_objects(lines: Sequence[str], most: int) -> list[dict[str, Any]]:
    """The objects on a file's first lines, one a line, in a list, or over several lines.

    Args:
        lines: the first of the file, of which the last may end within an object.
        most: how many objects are looked for.

    >>> first_objects(['[{"text": "a"},', '{"text": "b"}, {"te'], 9)
    [{'text': 'a'}, {'text': 'b'}]
    """
    found: list[dict[str, Any]] = []
    if not lines[0].lstrip().startswith(("{", "[")):
        return found
    text, at = "\n".join(lines), 0
    while len(found) < most and (between := _BETWEEN.match(text, at)):
        try:
            row, at = DECODER.raw_decode(text, between.end())
        except (ValueError, RecursionError):
            break
        if not isinstance(row, dict):
            break
        found.append(row)
    return found


def column_of(name: str, cells: Iterable[Any]) -> Column:
    """A column of cells, without those that are missing or hold what no field takes."""
    return Column(name, [value for cell in cells if (value := _taken(name, cell))])


def _taken(name: str, cell: Any) -> Value | None:
    try:
        value = json_value(name, cell)
    except DataError:
        return None
    return value if not isinstance(value, str) or value.strip() else None
