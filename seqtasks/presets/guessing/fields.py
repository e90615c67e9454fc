"""Which column of a table feeds which field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqtasks.data.readers.paths import FilePath
from seqtasks.errors import DataError
from seqtasks.presets.decision import Decision
from seqtasks.presets.guessing.columns import Column
from seqtasks.presets.guessing.given import Given
from seqtasks.presets.guessing.names import LANGUAGES, tier
from seqtasks.presets.guessing.roles import (
    CONTEXT,
    LABEL,
    SECOND_TEXT,
    SOURCE,
    TARGET,
    USUAL,
    Role,
    wanted_roles,
)

_PARTNERS = (
    ("premise", "hypothesis"),
    ("sentence1", "sentence2"),
    ("question1", "question2"),
    ("text_a", "text_b"),
    ("text1", "text2"),
)
_SHOWN = 12  # columns

_Found = dict[str, tuple[Column, str]]  # field → its column, and what shows that


def column_decisions(given: Given, path: FilePath, columns: Sequence[Column]) -> list[Decision]:
    """Say which columns feed the fields of a task.

    Args:
        given: what the person says.
        path: the file, for errors.
        columns: of the file.

    Raises:
        DataError: neither the names nor the contents tell one column for a field, or the label is
            a number with decimals.
    """
    roles = wanted_roles(given)
    free = [column for column in columns if column.values and column.key not in _typed(given)]
    decisions = []
    if {"tokens", "label"} <= roles.keys() and "pair" not in roles and (pair := _partners(free)):
        said = f"{pair[0]} and {pair[1]} are a pair of texts"
        decisions.append(Decision("+field@data.pair", "pair", said))
        roles = {"tokens": roles["tokens"], "pair": SECOND_TEXT, **roles}
    found = _found(path, roles, free)
    if "label" in found and roles["label"] is LABEL:
        _refuse_measures(path, found["label"][0])
    columns_of: dict[str, tuple[Any, str]] = {
        field: (column.key, sign) for field, (column, sign) in found.items()
    }
    if given.task == "question_answering" and "source" in found:
        question, sign = found["source"]
        taken = [column for column, _ in found.values()]
        rest = [column for column in free if column not in taken]
        story = _by_name(path, "source", CONTEXT, rest)
        asked = [question] if story is None else [question, story, question]
        columns_of["source"] = [one.key for one in asked], sign
    usual = USUAL.get(given.task, {})
    return decisions + [
        Decision(f"data.{field}.column", column, sign)
        for field, (column, sign) in columns_of.items()
        if column != usual.get(field, field)
    ]


def _typed(given: Given) -> set[str | int]:
    """The columns that the person has named for other fields."""
    named = [value for key, value in given.typed.items() if key.endswith(".column")]
    return {one for value in named for one in (value if isinstance(value, list) else [value])}


def _partners(columns: Sequence[Column]) -> tuple[str, str] | None:
    """The names of two columns that hold the texts of a pair, None if there are none."""
    present = {column.name for column in columns}
    return next((pair for pair in _PARTNERS if present.issuperset(pair)), None)


def _found(path: FilePath, roles: Mapping[str, Role], columns: Sequence[Column]) -> _Found:
    """The column of each field: by their names, by their order, by what they hold."""
    found: _Found = {}
    rest = list(columns)

    def take(field: str, column: Column, sign: str) -> None:
        found[field] = column, sign
        rest.remove(column)

    for field, role in roles.items():
        if column := _by_name(path, field, role, rest):
            take(field, column, f"named like {role.said}" if column.name else role.sign)
    sides = [field for field in roles if roles[field] in (SOURCE, TARGET) and field not in found]
    if sides and len(in_order := _in_order(rest, len(sides))) == len(sides):
        for field, column in zip(sides, in_order, strict=True):
            take(field, column, f"the {'first' if roles[field] is SOURCE else 'other'} text")
    for field, role in roles.items():
        if field not in found:
            likely = role.likely(rest)
            if len(likely) != 1:
                raise doubt(path, field, role, likely, columns)
            take(field, likely[0], role.sign)
    return found


def _in_order(columns: Sequence[Column], count: int) -> list[Column]:
    """The columns that are the sides of pairs, if there are as many as sides."""
    languages = [column for column in columns if column.name in LANGUAGES]
    texts = [column for column in columns if column.holds_texts]
    labelled = any(tier(column.name, LABEL.names) is not None for column in columns)
    several = (languages, [] if labelled else list(columns), texts)
    return next((some for some in several if len(some) == count), [])


def _by_name(path: FilePath, field: str, role: Role, columns: Sequence[Column]) -> Column | None:
    """The column of the surest name, None where no name tells one.

    Raises:
        DataError: several have names that are equally sure.
    """
    own = next((column for column in columns if column.key == field), None)
    if own is not None:
        return own
    named = [
        (place, column)
        for column in columns
        if (place := tier(column.name, role.names)) is not None and role.fits(column)
    ]
    surest = min((place for place, _ in named), default=None)
    best = [column for place, column in named if place == surest]
    if len(best) > 1:
        raise doubt(path, field, role, best, columns)
    return best[0] if best else None


def doubt(
    path: FilePath,
    field: str,
    role: Role,
    likely: Sequence[Column],
    columns: Sequence[Column],
) -> DataError:
    """The error where a field may be fed by more than one column, or by none.

    Args:
        path: the file.
        field: the field.
        role: what it is fed by.
        likely: the columns that may be it.
        columns: all that hold something.
    """
    listed = [column.example for column in (likely or columns)][:_SHOWN]
    what = "more than one column may be" if likely else "no column is plainly"
    first = likely[0].key if likely else "NAME"
    several = ""
    if len(likely) > 1 and field in ("tokens", "source"):
        keys = ",".join(str(column.key) for column in likely)
        several = f", or several as in `data.{field}.column`=[{keys}]"
    return DataError(
        f"{path}: {what} {role.said}: {', '.join(listed) or 'all are empty'}; name it with "
        f"`data.{field}.column`={first}{several}"
    )


def _refuse_measures(path: FilePath, column: Column) -> None:
    """Refuse a label that is a number with decimals, of which each would be a class of its own."""
    if column.measures:
        raise DataError(
            f"{path}: the label {column.example} is a number with decimals, and each would be a "
            "class of its own; to predict a number: task/head=regression field@data.label=number; "
            "or name another column with `data.label.column`=NAME"
        )
