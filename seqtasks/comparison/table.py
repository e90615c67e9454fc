"""A comparison on the console."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from seqtasks.comparison.cells import (
    COSTS,
    cost,
    cost_names,
    difference,
    headings,
    label,
    score,
    score_names,
)
from seqtasks.reporting.console import show
from seqtasks.reporting.fitted import Row, show_fitted


def show_comparison(console: Console, found: Mapping[str, Any]) -> None:
    """Print what `seqtasks.comparison.results.compare` has found, in tables that fit."""
    settings = found["settings"]
    if found["everywhere"]:
        console.print(f"Everywhere: {found['everywhere']}", markup=False, highlight=False)
    if names := score_names(found):
        rows = [Row(label(one), [score(one, name) for name in names]) for one in settings]
        show_fitted(console, scores_title(found), headings(found, names), rows)
    for one in found["comparisons"]:
        names = list(dict.fromkeys(n for each in one["differences"].values() for n in each))
        rows = [
            Row(other, [difference(each.get(name), name) for name in names])
            for other, each in one["differences"].items()
        ]
        if names:
            show_fitted(console, differences_title(one), headings(found, names), rows)
    costs = cost_names(found)
    rows = [Row(label(one), [cost(one["runs"], name) for name in costs]) for one in settings]
    show_fitted(console, "What a run has taken", [COSTS[name] for name in costs], rows)
    for note in found["notes"]:
        show(console, f"Note: {note}")


def scores_title(found: Mapping[str, Any]) -> str:
    """What stands above the scores."""
    several = any(len(one["runs"]) > 1 for one in found["settings"])
    single = any(len(one["runs"]) == 1 and one["intervals"] for one in found["settings"])
    parts = ["mean ± standard deviation of so many (×) runs"] * several
    if single:
        parts.append(f"{100 * found['bootstrap']['confidence']:g} % interval of a single one")
    return ": ".join(["Test scores", "; ".join(parts)] if parts else ["Test scores"])


def differences_title(comparison: Mapping[str, Any]) -> str:
    """What stands above the differences from one setting."""
    by = comparison["chosen_by"]
    why = f", the best by {by}" if by else ""
    examples = f"{comparison['examples']:,}"
    return f"Differences from {comparison['beside']}{why}, on the same {examples} test examples"
