"""The records of a reader that give an example, where any other is refused."""

from __future__ import annotations

from collections.abc import Iterable

from seqtasks.data.preparation.faults import Faults
from seqtasks.data.record import Columns, Record


def usable(records: Iterable[Record], columns: Columns) -> list[Record]:
    """The records (DataError: one lacks a value, or its line cannot be read)."""
    return list(Faults([*columns], "error").leave_out(records))
