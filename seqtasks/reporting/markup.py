"""Pieces of HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any


def section(title: str, *parts: str) -> str:
    """A titled section of some parts; nothing if all of them are empty."""
    body = "\n".join(part for part in parts if part)
    return f"<section>\n<h2>{escape(title)}</h2>\n{body}\n</section>" if body else ""


def paragraph(text: str) -> str:
    """A paragraph of plain text."""
    return f"<p>{escape(text)}</p>"


def table(
    headings: Sequence[str], rows: Sequence[Sequence[Any]], texts: Sequence[int] = (0,)
) -> str:
    """A table; nothing without rows.

    Args:
        headings: of the columns.
        rows: of plain values.
        texts: the columns that hold texts; the others hold numbers and stand to the right.
    """
    if not rows:
        return ""

    def cell(tag: str, place: int, value: Any) -> str:
        kind = "" if place in texts else ' class="number"'
        return f"<{tag}{kind}>{escape(str(value))}</{tag}>"

    head = "".join(cell("th", place, name) for place, name in enumerate(headings))
    body = "\n".join(
        "<tr>" + "".join(cell("td", place, value) for place, value in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table>\n<tr>{head}</tr>\n{body}\n</table></div>'


def heat(
    rows: Sequence[str],
    columns: Sequence[str],
    shares: Sequence[Sequence[float]],
    shown: Sequence[Sequence[str]] | None = None,
) -> str:
    """A table of shaded cells.

    Args:
        rows: names of the rows.
        columns: names of the columns.
        shares: for each row and column how dark it is, from -1 (the other colour) to 1.
        shown: what the cells say; None for nothing but a title that tells the share.
    """
    head = "".join(f"<th><span>{escape(name)}</span></th>" for name in columns)
    lines = []
    for place, (name, line) in enumerate(zip(rows, shares, strict=True)):
        cells = "".join(
            f'<td style="background:{colour(share)}" title="{escape(name)} / {escape(column)}: '
            f'{share:.2f}">{escape(shown[place][at]) if shown else ""}</td>'
            for at, (column, share) in enumerate(zip(columns, line, strict=True))
        )
        lines.append(f"<tr><th>{escape(name)}</th>{cells}</tr>")
    body = "\n".join(lines)
    return (
        f'<div class="wide"><table class="heat">\n<tr><th></th>{head}</tr>\n{body}\n</table></div>'
    )


def colour(share: float) -> str:
    """A shade for a share.

    >>> colour(0.5), colour(-2)
    ('rgb(37 99 235 / 0.50)', 'rgb(217 72 15 / 1.00)')
    """
    base = "37 99 235" if share >= 0 else "217 72 15"
    return f"rgb({base} / {min(abs(share), 1):.2f})"
