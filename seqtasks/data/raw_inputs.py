"""One raw line as the values of a task's inputs, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from seqtasks.data.readers.json_lines import non_empty_value
from seqtasks.data.record import Value
from seqtasks.errors import DataError


def parsed(line: str, names: Sequence[str], place: str) -> dict[str, Value]:
    r"""The values on a line: of one input the line, of several its columns, or a JSON object's.

    Args:
        line: raw, not empty; the values of several inputs with a tab between them, in the order of
            ``names``, or a JSON object that has them by name.
        names: the inputs.
        place: where it stands, for errors.

    Raises:
        DataError: there are more or fewer columns than inputs, or an object lacks one, or a value
            is empty.

    >>> parsed("a b\tc", ["tokens", "pair"], "input:1")
    {'tokens': 'a b', 'pair': 'c'}
    >>> parsed('{"pair": "c", "tokens": ["a", "b"]}', ["tokens", "pair"], "input:1")
    {'tokens': ['a', 'b'], 'pair': 'c'}
    """
    if len(names) == 1:
        return {names[0]: line}
    row = json_object(line)
    if row is None:
        cells = line.split("\t")
        if len(cells) != len(names):
            raise DataError(
                f"{place}: {len(cells)} column{'s' * (len(cells) > 1)} found, {len(names)} "
                f"expected with a tab between them: {', '.join(names)}; correct the line, or give "
                "a JSON object with these names"
            )
        row = dict(zip(names, cells, strict=True))
    missing = [name for name in names if name not in row]
    if missing:
        raise DataError(
            f"{place}: the object has no {', no '.join(map(repr, missing))}; it is to have "
            f"{', '.join(names)}, and has {', '.join(row) or 'nothing'}"
        )
    return {name: non_empty_value(place, name, row[name]) for name in names}


def spelled(values: Mapping[str, Value], names: Sequence[str]) -> str:
    """A line from which `parsed` gives these values: of several inputs a JSON object.

    >>> spelled({"tokens": "a b", "pair": "c", "label": "d"}, ["tokens", "pair"])
    '{"tokens": "a b", "pair": "c"}'
    """
    if len(names) > 1:
        return json.dumps({name: values[name] for name in names}, ensure_ascii=False)
    return as_text(values[names[0]])


def as_text(value: Sequence[str]) -> str:
    """A raw or predicted value on one line."""
    return value if isinstance(value, str) else " ".join(value)


def json_object(line: str) -> Mapping[str, Any] | None:
    """What a line of JSON holds, None if it is no object."""
    if not line.lstrip().startswith("{"):
        return None
    try:
        row = json.loads(line, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None
