"""Tables of labelled rows that fit a terminal, however many options and scores there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seqtasks.cli.printable import on_one_line

LEAST = 26
"""Columns that a label has at least, if it is so long."""

BORDER = 3
"""Columns that a table takes beside what stands in one of its columns."""


class Row(NamedTuple):
    """A label, which is words or options with blanks between them, and a cell for each heading.

    Attributes:
        label: of the row.
        cells: as printed; a cell may have several lines.
        style: of rich, or empty.
        indent: columns before the label.
    """

    label: str
    cells: Sequence[str]
    style: str = ""
    indent: int = 0


def show_fitted(
    console: Console, title: str, headings: Sequence[str], rows: Sequence[Row], first: str = ""
) -> None:
    """Print rows as one table, or where the console is too narrow as several below each other.

    Labels fold between their options, of which long ones are shortened; columns that find no room
    beside those before them go into a further table, with the labels again. No cell is broken.

    Args:
        console: to print on.
        title: stands above the first table.
        headings: of the cells.
        rows: from top to bottom.
        first: the heading of the labels.
    """
    for at, table in enumerate(fitted(headings, rows, console.width, first)):
        table.title, table.title_justify = (None if at else escape(title)), "left"
        console.print(table)


def fitted(
    headings: Sequence[str], rows: Sequence[Row], width: int, first: str = ""
) -> Iterator[Table]:
    """Yield the tables of `show_fitted`."""
    widths = [
        max(
            map(cell_len, [*heading.split(), *"\n".join(row.cells[at] for row in rows).split("\n")])
        )
        for at, heading in enumerate(headings)
    ]
    labels = [on_one_line(row.label) for row in rows]
    spans = (row.indent + cell_len(text) for row, text in zip(rows, labels, strict=True))
    longest = max([cell_len(first), *spans])
    rooms = range(min(longest, LEAST), longest + 1)
    tables = {room: dealt(widths, width - 1 - BORDER - room) for room in rooms}
    room = max(rooms, key=lambda room: (-len(tables[room]), room))
    for places in tables[room]:
        table = Table(show_lines=longest > room)  # between labels of several lines
        table.add_column(escape(first), overflow="fold", width=room)
        whole = [max(widths[place], cell_len(headings[place])) for place in places]
        if room + sum(whole) + BORDER * (1 + len(whole)) + 1 > width:
            whole = [widths[place] for place in places]  # headings fold, cells do not
        for place, each in zip(places, whole, strict=True):
            table.add_column(escape(headings[place]), justify="right", width=each)
        for row, label in zip(rows, labels, strict=True):
            words = (shortened(word, room - row.indent) for word in label.split(" "))
            shown = escape(" ".join(words) if longest > room else label)
            indented = f"{'':{row.indent}}{shown}"
            table.add_row(indented, *(row.cells[at] for at in places), style=row.style or None)
        yield table


def dealt(widths: Sequence[int], room: int) -> list[list[int]]:
    """The places of columns in their order, as many together as find room, and one at least.

    >>> dealt([5, 5, 5, 30], 18)
    [[0, 1], [2], [3]]
    """
    found: list[list[int]] = [[]]
    left = room
    for place, width in enumerate(widths):
        if found[-1] and width + BORDER > left:
            found.append([])
            left = room
        found[-1].append(place)
        left -= width + BORDER
    return found


def shortened(word: str, room: int) -> str:
    """A word of a label in some columns: of an option the name's end and the value are kept.

    >>> shortened("task.embedding.tokens.token_dropout=0.3", 28)
    '…tokens.token_dropout=0.3'
    >>> shortened("data.train=/home/somebody/reviews.csv", 20), shortened("cell=gru", 20)
    ('…train=/home/…ws.csv', 'cell=gru')
    """
    if cell_len(word) <= room:
        return word
    name, equals, value = word.partition("=")
    while equals and "." in name:
        name = name.partition(".")[2]
        if cell_len(f"…{name}={value}") <= room:
            return f"…{name}={value}"
    kept = f"…{name}=" if equals and cell_len(name) + 8 < room else ""
    text = value if kept else word
    half = room - cell_len(kept) - 1
    return f"{kept}{text[: half // 2]}…{text[-(half - half // 2) :]}"
