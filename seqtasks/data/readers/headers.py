"""Remarks on a table's first row that is perhaps read for what it is not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seqtasks.data.readers.remarks import remark

_NAME = re.compile(r"[\w.-]{0,30}")
_COMMON = {"text", "label", "labels", "sentence", "tokens", "tags", "source", "target", "class"}
_COMMON |= {"category", "review", "title", "id", "sentiment", "question", "answer", "content"}


def doubt_header(
    place: str, first: Sequence[str], names: bool, rows: Sequence[Sequence[str]]
) -> None:
    """Say so where the first row is read as names and looks like data, or the other way round.

    Args:
        place: of the first row.
        first: its cells.
        names: whether it is read as the names of the columns.
        rows: some that follow.
    """
    columns = [*zip(*(row for row in rows if len(row) == len(first)), strict=True)]
    again = [cell for cell, column in zip(first, columns, strict=False) if cell in column if cell]
    if names and again:
        told = f"the first row is read as names, though {again[0]!r} stands in further rows"
        remark(f"{told}; data.reader.header=false reads it as data", place)
    common = [cell for cell in first if cell.strip().lower() in _COMMON]
    if not names and common and not again and all(map(_NAME.fullmatch, map(str.strip, first))):
        told = f"the first row is read as data, though it holds {common[0].strip()!r}"
        remark(f"{told}; data.reader.header=true takes names from it", place)
