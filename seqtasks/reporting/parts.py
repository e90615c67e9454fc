"""What a report's page is made of, as data; ``templates/parts.html`` draws each kind of part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from seqtasks.reporting.chart import Chart


@dataclass(frozen=True)
class Table:
    """Rows of plain values under headings; ``texts`` are the columns that hold no numbers."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    texts: Sequence[int] = (0,)


@dataclass(frozen=True)
class Heat:
    """A table of shaded cells.

    Attributes:
        names: of the rows.
        columns: names of the columns.
        shares: for each row and column how dark the cell is, from 0 to 1.
        cells: what the cells say; empty for cells whose titles alone tell their shares.
        signed: whether the shares are from -1 to 1, in the colours of signed numbers.
    """

    names: Sequence[str]
    columns: Sequence[str]
    shares: Sequence[Sequence[float]]
    cells: Sequence[Sequence[Any]] = ()
    signed: bool = False


@dataclass(frozen=True)
class Tagged:
    """A sentence under a title; each of its ``words`` with the right tag and the predicted one."""

    title: str
    words: Sequence[tuple[str, str, str]]


Part = str | Table | Heat | Tagged | list[Chart]
"""A string is a paragraph; charts in a list stand side by side where there is room."""


class Section(NamedTuple):
    """Some parts, from top to bottom, under a title; a section without parts is not shown."""

    title: str
    parts: Sequence[Part]
