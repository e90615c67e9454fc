"""The raw inputs of one record: a mapping from each input's name to its value."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

from seqtasks.data.readers.json_lines import non_empty_value
from seqtasks.data.record import Value
from seqtasks.errors import DataError


def as_inputs(given: Any, names: Sequence[str], place: str) -> dict[str, Value]:
    r"""The inputs by name that a person gives, as a mapping or written in one text.

    Args:
        given: the values by name; or the text of the only input, or its list of tokens; or the
            texts of several inputs with tabs between them, in the order of ``names``, or in a JSON
            object.
        names: the inputs of the task.
        place: where the record stands, for errors.

    Returns:
        A value for each name; nothing if ``given`` is empty or missing, or a value of it is.

    Raises:
        DataError: there are more or fewer columns than inputs, an input is missing, a value in a
            text of several is empty, or something is no text and no list.

    >>> as_inputs("a b\tc", ["tokens", "pair"], "input:1")
    {'tokens': 'a b', 'pair': 'c'}
    >>> as_inputs('{"pair": "c", "tokens": ["a", "b"]}', ["tokens", "pair"], "input:1")
    {'tokens': ['a', 'b'], 'pair': 'c'}
    >>> as_inputs(["a", "b"], ["tokens"], "input:1"), as_inputs(None, ["tokens"], "input:1")
    ({'tokens': ['a', 'b']}, {})
    """
    if not isinstance(given, str):
        if isinstance(given, Mapping):
            row = selected(given, names, place) if given else {}
        elif len(names) == 1 or is_missing(given):
            row = {names[0]: given}
        else:
            raise DataError(
                f"{kind_of(given)} is given for {len(names)} inputs; give a mapping with "
                f"{', '.join(names)}",
                where=place,
            )
        values = {name: as_value(value, name, place) for name, value in row.items()}
        return {} if None in values.values() else values  # type: ignore[return-value]
    if not given.strip():
        return {}
    if len(names) == 1:
        return {names[0]: given}
    found = json_object(given)
    if found is None:
        cells = given.split("\t")
        if len(cells) != len(names):
            raise DataError(
                f"{len(cells)} column{'s' * (len(cells) > 1)} found, {len(names)} expected with a "
                f"tab between them: {', '.join(names)}; correct the line, or give a JSON object "
                "with these names",
                where=place,
            )
        found = dict(zip(names, cells, strict=True))
    values = selected(found, names, place)
    return {name: non_empty_value(place, name, value) for name, value in values.items()}


def as_value(given: Any, name: str, place: str) -> Value | None:
    """A value of Python as a text or a list; None where it is missing or empty.

    Arrays and tuples become lists.

    Raises:
        DataError: it is of another type, or a list of tokens holds an empty one.

    >>> as_value(("a", "b"), "tokens", "input:1"), as_value(" ", "tokens", "input:1")
    (['a', 'b'], None)
    """
    if is_missing(given):
        return None
    if not isinstance(given, str):
        if hasattr(given, "tolist"):  # of numpy, pandas or torch
            given = given.tolist()
        if not isinstance(given, (list, tuple)):
            raise DataError(
                f"'{name}' is {kind_of(given)}; give a text, or a list of tokens", where=place
            )
        if "" in given:
            raise DataError(
                f"'{name}' holds an empty token at {given.index('')} (from 0); leave it out",
                where=place,
            )
        given = list(given)
    return given if len(given) and (not isinstance(given, str) or given.strip()) else None


def is_missing(value: Any) -> bool:
    """Whether a value of Python stands for none: None, NaN, or the NA of pandas.

    >>> is_missing(None), is_missing(float("nan")), is_missing(""), is_missing(0.0)
    (True, True, False, False)
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, Real) and value != value


def kind_of(value: Any) -> str:
    """The type of a value, with its article."""
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def selected(row: Mapping[str, Any], names: Sequence[str], place: str) -> dict[str, Any]:
    """The inputs of a record that may hold more.

    Raises:
        DataError: one is missing.
    """
    missing = [name for name in names if name not in row]
    if missing:
        raise DataError(
            f"the object has no {', no '.join(map(repr, missing))}; give it "
            f"{', '.join(names)}; it has {', '.join(map(str, row)) or 'nothing'}",
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
