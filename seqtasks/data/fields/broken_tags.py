"""The messages about sequences of tags that break their scheme."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from itertools import islice

from seqtasks.data.fields.field import Field
from seqtasks.data.record import Record
from seqtasks.data.store.records import place_of
from seqtasks.errors import LISTED, DataError, enumerated
from seqtasks.schemes import Breaks

_log = logging.getLogger(__name__)

SHOWN = 3
"""Places in a warning."""


def note_breaks(
    field: Field, found: Breaks, records: Iterable[Record], which: str, treatment: str
) -> None:
    """Log how many sequences break the scheme, and where the first ones are.

    Args:
        field: of the tags.
        found: at least one sequence that breaks the scheme.
        records: that were looked through.
        which: what they are, such as ``training sequences``.
        treatment: what becomes of those that break it.
    """
    count = len(found.broken)
    _log.warning(
        "The field '%s': %s of %s %s %s %s (%s): %s%s",
        field.name,
        f"{count:,}",
        f"{found.sequences:,}",
        which,
        "breaks" if count == 1 else "break",
        found.scheme,
        treatment,
        "; ".join(places(found, records, SHOWN)),
        "; …" if count > SHOWN else "",
    )


def check_known(field: Field, found: Breaks, records: Iterable[Record]) -> None:
    """Refuse a scheme that lacks labels of more than a few sequences.

    Raises:
        DataError: it does; the message lists where.
    """
    if not found.mistaken:
        what = (
            f"of {found.sequences:,} sequences break {found.scheme}, of which {found.foreign:,} "
            f"have labels that it lacks; name the scheme that they follow: `{field.name}.scheme`, "
            "auto to find it, null for none"
        )
        raise refusal(found, records, what)


def refuse_breaks(field: Field, found: Breaks, records: Iterable[Record]) -> None:
    """Refuse sequences that break the scheme, by a DataError that lists where."""
    what = (
        f"of {found.sequences:,} sequences break {found.scheme}; correct them, or set "
        f"`{field.name}.invalid`=repair"
    )
    raise refusal(found, records, what)


def refusal(found: Breaks, records: Iterable[Record], what: str) -> DataError:
    """The error that lists the first mistakes."""
    told, count = places(found, records, LISTED), len(found.broken)
    return DataError(enumerated(told, count, what) if count > 1 else f"1 {what}: {told[0]}")


def places(found: Breaks, records: Iterable[Record], most: int) -> list[str]:
    """The places of the first mistakes, with what is wrong there."""
    return [
        f"{place_of(records, at)}: {wrong}"
        for at, wrong in islice(zip(found.broken, found.told, strict=False), most)
    ]
