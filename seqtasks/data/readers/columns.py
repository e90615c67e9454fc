"""Columns of a file, found by name or by number, and the error for one that is not there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seqtasks.data.record import Columns
from seqtasks.errors import DataError, nearest

_SHOWN = 40
_NUMBER = re.compile("-?[0-9]+")


def locate(column: str | int, names: Sequence[str], width: int) -> int | None:
    """Find a column's position.

    A number that is the name of a column means that one, and any other its place: where a table
    begins with the names 0, 1 and 2, these say which column is meant.

    Args:
        column: a name, or a number from 0, negative from the end, which may be written as a text.
        names: the names of the columns, in order; empty if they have none.
        width: how many columns have a number; 0 if they go by name only.

    Returns:
        The position from 0, or None if there is no such column.

    >>> locate("tag", ["form", "tag"], 2), locate(-1, [], 3), locate(5, [], 3)
    (1, 2, None)
    >>> locate(0, ["", "0", "1"], 3)
    1
    """
    if str(column) in names:
        return names.index(str(column))
    if isinstance(column, str):
        if not _NUMBER.fullmatch(column):
            return None
        column = int(column)
    return column % width if -width <= column < width else None


def locate_all(
    place: str, columns: Columns, names: Sequence[str], width: int = 0, fix: str = ""
) -> dict[str, int]:
    """Find the position of each field's column; by default that is the column of the field's name.

    Args:
        place: the path, or ``path:line``, that is read, for the error.
        columns: the wanted fields.
        names: as of `locate`.
        width: as of `locate`.
        fix: another way to put a missing column right, as a clause.

    Raises:
        DataError: there is no such column, or several of the name.

    >>> locate_all("a.csv", {"tokens": "text", "label": None}, ["label", "text"])
    {'tokens': 1, 'label': 0}
    """
    found = {}
    for field, given in columns.items():
        column = field if given is None else given
        position = locate(column, names, width)
        if position is None:
            raise no_column(place, field, column, names, width, fix)
        if names and names[position] == str(column) and names.count(str(column)) > 1:
            number = f", or give the number of one with `{_option(field)}`=..." if width else ""
            raise DataError(
                f"{place}: the column {str(column)!r} is there twice; give each its own name"
                f"{number}{fix}"
            )
        found[field] = position
    return found


def no_column(
    place: str, field: str, column: str | int, names: Sequence[str], width: int = 0, fix: str = ""
) -> DataError:
    """Make the error for a column that is not there; arguments as of `locate_all`.

    >>> print(no_column("a.csv:1", "tokens", "txt", ["label", "text"], 2))
    a.csv:1: no column 'txt' for the field 'tokens': the columns are 'label', 'text' or 0 to 1; \
name one with tokens.column=... Did you mean 'text'?
    """
    have = [", ".join(repr(_shortened(name)) for name in names)] if names else []
    if width:
        have.append(f"0 to {width - 1}" if width > 1 else "0")
    near = nearest(column, names) if isinstance(column, str) else ""
    stop = "." if fix and near else ""
    return DataError(
        f"{place}: no column {column!r} for the field {field.partition('[')[0]!r}: the columns are "
        f"{' or '.join(have) or 'none'}; name one with `{_option(field)}`=...{fix}{stop}{near}"
    )


def _option(field: str) -> str:
    """The option that names a field's column."""
    return f"{field.partition('[')[0]}.column"


def _shortened(name: str) -> str:
    return name if len(name) <= _SHOWN else name[: _SHOWN - 1] + "…"


def text_and_label(place: str, columns: Columns) -> dict[str, str]:
    """The part that feeds each field where an example is a text and its label.

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
    named = {f: "text" if c is None and f == "tokens" else c for f, c in columns.items()}
    return {field: names[at] for field, at in locate_all(place, named, names).items()}
