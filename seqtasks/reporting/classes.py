"""The scores of each class or type of span, and which class is taken for which, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SHARES = ("precision", "recall", "f1")

CLASSES, PAIRS = 20, 10
"""So many classes and confused pairs are shown at most; ``metrics.json`` holds more."""

Rows = dict[str, list[str]]
"""What stands in a row, by its name."""


def class_rows(report: Mapping[str, Any]) -> tuple[list[str], Rows]:
    """The headings, and a row for each type of span, all together first, else for each class.

    >>> one = {"precision": 0.5, "recall": 1.0, "f1": 2 / 3, "examples": 2}
    >>> class_rows({"classes": {"a": one}})
    (['precision', 'recall', 'f1', 'examples'], {'a': ['50.0 %', '100.0 %', '66.7 %', '2']})
    """
    spans: Mapping[str, Any] = report.get("spans", {})
    if spans:
        counts = ("support", "found")
        every: dict[str, Mapping[str, float]] = {"all spans": spans["all"], **spans["types"]}
    else:
        counts, every = ("examples",), report.get("classes", {})  # type: ignore[assignment]
    rows = {
        name: [
            *(f"{100 * one[share]:.1f} %" for share in SHARES),
            *(f"{one[count]:,}" for count in counts),
        ]
        for name, one in every.items()
    }
    return [*SHARES, *counts], rows


def most_frequent(rows: Rows) -> tuple[Rows, str]:
    """`CLASSES` of the rows at most, and a line on how many others there are; empty for none."""
    kept = dict([*rows.items()][:CLASSES])
    rest = len(rows) - len(kept)
    return kept, f"and {rest:,} more, in metrics.json" if rest else ""


def confusion_rows(report: Mapping[str, Any], width: int) -> Rows:
    """A row of counts for each right label, if the table is so many characters wide at most."""
    labels, counts = [*report.get("classes", {})], report.get("confusion", [])
    cells = [[str(count) if count else "." for count in row] for row in counts]
    if not 0 < len(cells) <= CLASSES:
        return {}
    columns = [
        [label, *column] for label, column in zip(labels, zip(*cells, strict=True), strict=True)
    ]
    widths = [max(map(len, labels)), *(max(map(len, column)) for column in columns)]
    if sum(widths) + 3 * len(widths) + 1 > width:
        return {}
    return dict(zip(labels, cells, strict=True))


def confused_rows(report: Mapping[str, Any]) -> Sequence[Sequence[str]]:
    """The right label, the predicted one, and how often, of the pairs confused most often."""
    pairs: Sequence[Mapping[str, Any]] = report.get("confused", [])
    return [[one["right"], one["predicted"], f"{one['count']:,}"] for one in pairs[:PAIRS]]
