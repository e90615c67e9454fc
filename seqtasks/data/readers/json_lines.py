"""JSON lines: one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from seqtasks.data.readers.files import read_lines
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.record import Value
from seqtasks.errors import DataError

_decode = json.JSONDecoder(parse_int=str, parse_float=str).decode


def json_rows(path: FilePath, encoding: str) -> Iterator[tuple[int, list[str], list[Any]]]:
    """Yield each object's line, its names and its values; numbers stay as they are written.

    The list of names is the same object as before where the names are the same.

    Args:
        path: the file.
        encoding: its encoding.

    Raises:
        DataError: the file cannot be read, or a line holds something other than one object.
    """
    names: list[str] = []
    for number, line in read_lines(path, encoding):
        if not line or line.isspace():
            continue
        try:
            row = _decode(line)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", str(error))
            if line.startswith("\ufeff"):
                reason = "it begins with a byte order mark"
            if getattr(error, "pos", 0) >= len(line):
                reason += "; a list or an object over several lines is not JSON lines"
            raise DataError(
                f"{path}:{number}: not valid JSON ({reason}); write one object a line"
            ) from None
        if not isinstance(row, dict):
            raise DataError(
                f"{path}:{number}: {_kind(row)} where an object is expected; "
                'write one object a line, as in {"text": "...", "label": "..."}'
            )
        if (found := list(row)) != names:
            names = found
        yield number, names, list(row.values())


def json_value(place: str, column: str, value: Any) -> Value:
    """Return a JSON value as a text or a list of tokens.

    Args:
        place: the ``path:line`` of the value.
        column: the name of its column.
        value: the value, in which numbers are strings.

    Raises:
        DataError: the value is null, an object, or a list of anything but strings and numbers.

    >>> json_value("a.jsonl:1", "spam", True), json_value("a.jsonl:2", "tokens", ["a", "b"])
    ('true', ['a', 'b'])
    """
    if isinstance(value, bool):
        value = "true" if value else "false"
    listed = isinstance(value, list)
    parts = value if listed else [value]
    if not all(isinstance(part, str) for part in parts):
        kind = "a list of other things than strings" if listed else _kind(value)
        raise DataError(
            f"the column {column!r} holds {kind}; "
            "write a string, a number or a list of strings, or remove the line",
            where=place,
        )
    try:
        "".join(parts).encode()
    except UnicodeEncodeError:
        raise DataError(
            f"the column {column!r} holds half a character (a lone \\ud800 to \\udfff); "
            "write both halves, or remove the line",
            where=place,
        ) from None
    return value


def non_empty_value(place: str, column: str, cell: Any) -> Value:
    """Return a cell as a text or tokens, none of them empty; arguments as of `json_value`.

    Raises:
        DataError: the cell is empty or holds something else.
    """
    if type(cell) is str and cell.isascii() and cell and not cell.isspace():
        return cell
    value = json_value(place, column, cell)
    empty = not value.strip() if isinstance(value, str) else not value or "" in value
    if empty:
        what = "is empty" if isinstance(value, str) or not value else "holds an empty token"
        raise DataError(f"the column {column!r} {what}; fill it, or remove the line", where=place)
    return value


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string or number", bool: "a truth value"}
    return "NaN or infinity" if isinstance(value, float) else names.get(type(value), "null")
