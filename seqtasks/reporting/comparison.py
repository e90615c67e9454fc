"""The scores of a saved model as tables on the console, beside another model's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from seqtasks.reporting.console import heading, number, show_report


def show_results(found: dict[str, Any], confidence: float) -> None:
    """Print what `seqtasks.evaluation.results` has found.

    Args:
        found: the scores and intervals, and those of a comparison.
        confidence: of the intervals.
    """
    console = Console(soft_wrap=False)
    said: dict[str, Any] = {"markup": False, "highlight": False, "soft_wrap": True}
    place = f"{found['examples']:,} examples of the {found['tested_on']} split"
    console.print(f"\nScores of {found['bundle']} on {place}", **said)
    share, intervals = f"{100 * confidence:g} % interval", found.get("intervals")
    report = found.get("report", {})
    rows = {
        heading(name, report): [
            number(name, value),
            *([span(name, intervals.get(name))] if intervals else []),
        ]
        for name, value in found["scores"].items()
    }
    console.print(tabled(["score", *([share] if intervals else [])], rows))
    if compared := found.get("compared"):
        console.print(f"Beside {compared['bundle']}", **said)
        rows = {
            heading(name, report): [
                number(name, compared["scores"][name]),
                number(name, one["difference"]),
                span(name, one["interval"]),
                f"{one['p_value']:.3f}",
            ]
            for name, one in compared["differences"].items()
        }
        console.print(tabled(["score", "difference", share, "p"], rows))
    show_report(console, report)


def tabled(headings: Sequence[str], rows: dict[str, list[str]]) -> Table:
    """A table with a name before each row."""
    table = Table()
    for column in ("", *headings):
        table.add_column(column, justify="right" if column else "left")
    for name, cells in rows.items():
        table.add_row(name, *cells)
    return table


def span(name: str, interval: Sequence[float] | None) -> str:
    """An interval as printed.

    >>> span("accuracy", [0.5, 0.75]), span("bleu", None)
    ('50.00 % to 75.00 %', '–')
    """
    if interval is None:
        return "–"
    low, high = interval
    return f"{number(name, low)} to {number(name, high)}"
