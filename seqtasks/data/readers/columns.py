"""Columns of a file, by name or by number, and the error for one that is not there."""

from __future__ import annotations

from collections.abc import Sequence

from seqtasks.data.record import Columns
from seqtasks.errors import DataError, nearest

_SHOWN = 40


def locate(column: str | int, names: Sequence[str], width: int) -> int | None:
    """Find a column's position.

    Args:
        column: a name, or a number from 0, negative from the end.
        names: the names of the columns, in order; empty if they have none.
        width: how many columns have a number; 0 if they go by name only.

    Returns:
        The position from 0, or None if there is no such column.

    >>> locate("tag", ["form", "tag"], 2), locate(-1, [], 3), locate(5, [], 3)
    (1, 2, None)
    """
    if isinstance(column, str):
        return names.index(column) if column in names else None
    return column % width if -width <= column < width else None


def no_column(
    place: str, field: str, column: str | int, names: Sequence[str], width: int, fix: str = ""
) -> DataError:
    """Make the error for a column that is not there.

    Args:
        place: the path, or ``path:line``, that was read.
        field: the field that wants the column, ``field[0]`` for one of its several columns.
        column: what was looked for.
        names: the names of the columns that exist.
        width: how many columns have a number; 0 if they go by name only.
        fix: another way to put it right, as a clause.

    >>> print(no_column("a.csv:1", "tokens", "txt", ["label", "text"], 2))
    a.csv:1: no column 'txt' for the field 'tokens': the columns are 'label', 'text' or 0 to 1; \
name one with data.tokens.column=... Did you mean 'text'?
    """
    field = field.partition("[")[0]
    have = [", ".join(repr(_short(name)) for name in names)] if names else []
    if width:
        have.append(f"0 to {width - 1}" if width > 1 else "0")
    near = nearest(column, names) if isinstance(column, str) else ""
    stop = "." if fix and near else ""
    return DataError(
        f"{place}: no column {column!r} for the field {field!r}: the columns are "
        f"{' or '.join(have) or 'none'}; name one with data.{field}.column=...{fix}{stop}{near}"
    )


def _short(name: str) -> str:
    return name if len(name) <= _SHOWN else name[: _SHOWN - 1] + "…"


def text_and_label(place: str, columns: Columns) -> dict[str, str]:
    """For each field the part that feeds it, where an example is a text and its label.

    Args:
        place: the path that is read.
        columns: the wanted fields; each column is ``text``, ``label`` or None: the field's own
            name, or ``text`` for ``tokens``.

    Raises:
        DataError: there is no such part.

    >>> text_and_label("a.txt", {"tokens": None, "label": None})
    {'tokens': 'text', 'label': 'label'}
    """
    names = ["text", "label"]
    wanted = {}
    for field, given in columns.items():
        column = given
        if column is None:
            column = "text" if field == "tokens" else field
        index = locate(column, names, 0)
        if index is None:
            raise no_column(place, field, column, names, 0)
        wanted[field] = names[index]
    return wanted
