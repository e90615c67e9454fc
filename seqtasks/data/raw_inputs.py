"""The raw inputs of one record: a mapping from each input's name to its value."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from seqtasks.data.readers.json_lines import non_empty_value
from seqtasks.data.record import Value
from seqtasks.errors import DataError


def as_inputs(
    given: str | Mapping[str, Value], names: Sequence[str], place: str
) -> dict[str, Value]:
    r"""The inputs by name that a person gives, as a mapping or written in one text.

    Args:
        given: the values by name; or the text of the only input; or the texts of several inputs
            with tabs between them, in the order of ``names``, or in a JSON object.
        names: the inputs of the task.
        place: where the record stands, for errors.

    Returns:
        A value for each name; nothing if ``given`` is empty.

    Raises:
        DataError: there are more or fewer columns than inputs, an input is missing, or a value in
            a text of several is empty.

    >>> as_inputs("a b\tc", ["tokens", "pair"], "input:1")
    {'tokens': 'a b', 'pair': 'c'}
    >>> as_inputs('{"pair": "c", "tokens": ["a", "b"]}', ["tokens", "pair"], "input:1")
    {'tokens': ['a', 'b'], 'pair': 'c'}
    >>> as_inputs("  ", ["tokens"], "input:1")
    {}
    """
    if not isinstance(given, str):
        return selected(given, names, place) if given else {}
    if not given.strip():
        return {}
    if len(names) == 1:
        return {names[0]: given}
    row = json_object(given)
    if row is None:
        cells = given.split("\t")
        if len(cells) != len(names):
            raise DataError(
                f"{len(cells)} column{'s' * (len(cells) > 1)} found, {len(names)} expected with a "
                f"tab between them: {', '.join(names)}; correct the line, or give a JSON object "
                "with these names",
                where=place,
            )
        row = dict(zip(names, cells, strict=True))
    values = selected(row, names, place)
    return {name: non_empty_value(place, name, value) for name, value in values.items()}


def selected(row: Mapping[str, Any], names: Sequence[str], place: str) -> dict[str, Any]:
    """The inputs out of a record that may hold more.

    Raises:
        DataError: one is missing.
    """
    missing = [name for name in names if name not in row]
    if missing:
        raise DataError(
            f"the object has no {', no '.join(map(repr, missing))}; it is to have "
            f"{', '.join(names)}, and has {', '.join(row) or 'nothing'}",
            where=place,
        )
    return {name: row[name] for name in names}


def spelled(values: Mapping[str, Value], names: Sequence[str]) -> str:
    """A text from which `as_inputs` gives these values: of several inputs a JSON object.

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
    """The object that a line of JSON holds, with numbers as strings; None if it holds none."""
    if not line.lstrip().startswith("{"):
        return None
    try:
        row = json.loads(line, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None
