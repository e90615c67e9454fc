"""JSON: an object a line, or a list of objects, or objects over several lines."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import chain
from typing import Any

from seqtasks.data.readers.columns import no_column
from seqtasks.data.readers.files import line_blocks
from seqtasks.data.readers.json_documents import DECODER, Blocks, Row, documents, kind_of
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.readers.remarks import remark
from seqtasks.data.record import Columns, Record, Value
from seqtasks.errors import DataError

_LOOKED_AT = 1000  # rows, of which one is to have a column


def json_records(path: FilePath, encoding: str, columns: Columns) -> Iterator[Record]:
    """Yield one record an object; numbers stay as they are written.

    Args:
        path: the file.
        encoding: its encoding.
        columns: the wanted fields, by name; the value of a name that an object lacks is missing.

    Raises:
        DataError: the file cannot be read, or none of its first thousand objects has a column.
    """
    name = str(path)
    wanted = [(f, f if column is None else str(column)) for f, column in columns.items()]
    rows = _rows(path, encoding)
    first, absent = _until_found(rows, {key for _, key in wanted})
    if absent:
        field = next(field for field, key in wanted if key in absent)
        line, row, _ = next((one for one in first if one[1]), (first[0][0], {}, ""))
        column = columns[field]
        given = field if column is None else column
        raise no_column(f"{path}:{line}", field, given, list(row), fix=_inner(row))
    for line, row, fault in chain(first, rows):
        if fault:
            yield Record({}, name, line, fault=fault)
            continue
        try:
            values = {field: cell_value(key, row.get(key)) for field, key in wanted}
        except DataError as error:
            yield Record({}, name, line, fault=error.message)
        else:
            yield Record(values, name, line)


def _until_found(rows: Iterator[Row], keys: set[str]) -> tuple[list[Row], set[str]]:
    """The first rows, until each key is found in one of them; and those that are in none."""
    first: list[Row] = []
    good = 0
    for row in rows:
        first.append(row)
        good += not row[2]
        keys = keys - row[1].keys()
        if not keys or good == _LOOKED_AT:
            break
    return first, keys if good else set()


def _inner(row: dict[str, Any]) -> str:
    """A hint where the rows stand within an object."""
    for key, value in row.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return f", or give the {len(value):,} objects in {key!r} as a list of their own"
    return ""


def _rows(path: FilePath, encoding: str) -> Iterator[Row]:
    blocks = line_blocks(path, encoding)
    for first, lines in blocks:
        for at, line in enumerate(lines):
            if line and not line.isspace():
                rest = chain([(first + at, lines[at:])], blocks)
                yield from _lines(path, rest) if _is_whole(line) else documents(path, rest)
                return


def _is_whole(line: str) -> bool:
    """Whether a file's first line is not the beginning of a list, or of more than a line."""
    if line.lstrip().startswith("["):
        return False
    try:
        DECODER.decode(line)
    except json.JSONDecodeError as error:
        return error.pos < len(line.rstrip())
    except RecursionError:
        pass
    return True


def _lines(path: FilePath, blocks: Blocks) -> Iterator[Row]:
    """An object a line."""
    decode = DECODER.decode
    for first, lines in blocks:
        for number, line in enumerate(lines, first):
            if not line or line.isspace():
                continue
            try:
                row = decode(line)
            except (ValueError, RecursionError) as error:
                row = _between_commas(line)
                if row is None:
                    reason = getattr(error, "msg", str(error))
                    yield number, {}, f"not valid JSON ({reason}); write one object a line"
                    continue
                remark("the comma behind an object is left out", f"{path}:{number}")
            if isinstance(row, dict):
                yield number, row, ""
            else:
                what = f"{kind_of(row)} where an object is expected; write one object a line"
                yield number, {}, f'{what}, as in {{"text": "...", "label": "..."}}'


def _between_commas(line: str) -> Any:
    """The object before the comma that ends a line, None if there is none."""
    body = line.rstrip()
    try:
        return DECODER.decode(body[:-1]) if body.endswith(",") else None
    except (ValueError, RecursionError):
        return None


def json_value(column: str, value: Any) -> Value:
    """Return a JSON value as a text or a list of tokens; an empty text for null and NaN.

    Args:
        column: the name of its column.
        value: the value, in which numbers are strings.

    Raises:
        DataError: the value is an object, infinite, or a list of anything but strings and numbers;
            the message has no place.

    >>> json_value("spam", True), json_value("tokens", ["a", "b"]), json_value("spam", None)
    ('true', ['a', 'b'], '')
    """
    if isinstance(value, bool):
        value = "true" if value else "false"
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    listed = isinstance(value, list)
    parts = value if listed else [value]
    if not all(isinstance(part, str) for part in parts):
        kind = "a list of other things than strings" if listed else kind_of(value)
        raise DataError(
            f"the column {column!r} holds {kind}; "
            "write a string, a number or a list of strings, or remove the line"
        )
    try:
        "".join(parts).encode()
    except UnicodeEncodeError:
        raise DataError(
            f"the column {column!r} holds half a character (a lone \\ud800 to \\udfff); "
            "write both halves, or remove the line"
        ) from None
    if listed and "" in parts:
        raise DataError(f"the column {column!r} holds an empty token; fill it, or remove the line")
    return value


def cell_value(column: str, cell: Any) -> Value:
    """Return what `json_value` does, sooner for most cells."""
    if type(cell) is str and cell.isascii():
        return cell
    return json_value(column, cell)


def non_empty_value(place: str, column: str, cell: Any) -> Value:
    """Return a cell as a text or tokens, none of them empty; arguments as of `json_value`.

    Raises:
        DataError: the cell is missing, empty or holds something else.
    """
    try:
        value = cell_value(column, cell)
    except DataError as error:
        error.where = place
        raise
    if not value or (isinstance(value, str) and value.isspace()):
        what = "holds null" if cell is None else "is empty"
        raise DataError(f"the column {column!r} {what}; fill it, or remove the line", where=place)
    return value
