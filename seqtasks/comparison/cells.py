"""What the cells of a comparison's tables say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from seqtasks.cli.duration import in_words
from seqtasks.reporting.console import heading, number
from seqtasks.reporting.page import PEAKS, megabytes
from seqtasks.sweep.spread import Spread

Values = Mapping[str, Any]
"""Plain values, as `seqtasks.comparison.results.compare` gives them."""


def score_names(found: Values) -> list[str]:
    """The scores of any setting."""
    return list(dict.fromkeys(name for one in found["settings"] for name in one["scores"]))


def headings(found: Values, names: Sequence[str]) -> list[str]:
    """What scores are called."""
    return [heading(name, {"score_names": found["names"]}) for name in names]


def label(setting: Values) -> str:
    """What a setting is called, and how many runs it has if they are several."""
    runs = len(setting["runs"])
    return f"{setting['label']} ×{runs}" if runs > 1 else str(setting["label"])


def score(setting: Values, name: str, always: bool = False) -> str:
    """Mean and deviation of several runs; of one run, or ``always``, the interval below."""
    if name not in setting["scores"]:
        return "–"
    shown = Spread(**setting["scores"][name]).shown(name)
    interval = setting["intervals"].get(name)
    if interval is None or (len(setting["runs"]) > 1 and not always):
        return shown
    return f"{shown}\n{between(name, interval)}"


def between(name: str, interval: Sequence[float]) -> str:
    """An interval in few characters.

    >>> between("accuracy", [0.5, 0.75]), between("loss", [0.51234, 1])
    ('50.00 to 75.00 %', '0.5123 to 1')
    """
    low, high = (number(name, end) for end in interval)
    return f"{low.removesuffix(' %')} to {high}"


def difference(row: Values | None, name: str) -> str:
    """A difference, its interval and its p-value, below each other.

    >>> row = {"difference": -0.01, "interval": [-0.02, 0.001], "p_value": 0.01, "p_holm": 0.02}
    >>> difference(row, "f1").splitlines()
    ['-1.00 %', '-2.00 to 0.10 %', 'p 0.020']
    """
    if row is None:
        return "–"
    return "\n".join([signed(row, name), between(name, row["interval"]), p(row["p_holm"])])


def signed(row: Values, name: str) -> str:
    """A difference with its sign."""
    return f"{'+' if row['difference'] > 0 else ''}{number(name, row['difference'])}"


def p(value: float) -> str:
    """A p-value as printed.

    >>> p(0.0321), p(0.0004), p(math.nan)
    ('p 0.032', 'p < 0.001', 'p –')
    """
    if math.isnan(value):
        return "p –"
    return "p < 0.001" if value < 0.001 else f"p {value:.3f}"


COSTS = {
    "epochs": "epochs",
    "steps": "steps",
    "seconds": "time",
    "parameters": "parameters",
    **PEAKS,
}
"""What a run has taken: the name in ``metrics.json``, and that in tables."""


def cost_names(found: Values) -> list[str]:
    """What any run has taken."""
    runs = [run for one in found["settings"] for run in one["runs"]]
    return [name for name in COSTS if any(name in run for run in runs)]


def cost(runs: Sequence[Values], name: str) -> str:
    """What some runs have taken, in the mean."""
    values = [run[name] for run in runs if name in run]
    if not values:
        return "–"
    mean = sum(values) / len(values)
    if name in PEAKS:
        return megabytes(mean)
    return in_words(mean) if name == "seconds" else f"{mean:,.6g}" if mean % 1 else f"{mean:,.0f}"
