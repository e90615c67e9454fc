"""The table of a sweep: a row of means for each group, and a row for each run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console

from seqtasks.cli.printable import on_one_line
from seqtasks.reporting.console import number
from seqtasks.reporting.fitted import Row, show_fitted
from seqtasks.reporting.markdown import plain
from seqtasks.sweep.group import RunGroup

_Row = tuple[str, list[str]]
"""A label and a cell for each score."""


def _score_names(groups: Sequence[RunGroup]) -> list[str]:
    return list(dict.fromkeys(name for group in groups for name in group.scores))


def _rows(groups: Sequence[RunGroup]) -> list[tuple[_Row, list[_Row]]]:
    """The row of means of each group with scores, and the rows of its runs if there are several."""
    names = _score_names(groups)
    found = []
    for group in groups:
        if not group.runs:
            continue
        spreads = group.scores
        means = [spreads[name].shown(name) if name in spreads else "–" for name in names]
        done, failed = len(group.runs), len(group.failed)
        several, label = done > 1, group.label
        if several or failed:
            label += f" mean of {done}" + (f" of {done + failed}" if failed else "")
        label = label.strip() or group.runs[0][0]
        single = [(name, [number(n, run.scores.get(n)) for n in names]) for name, run in group.runs]
        found.append(((label, means), single if several else []))
    return found


def everywhere(groups: Sequence[RunGroup]) -> str:
    """The options that all runs have alike, as they are typed.

    >>> from seqtasks.sweep.run import SweepRun
    >>> runs = [("", SweepRun(n, "", {"task": "tagging", "seed": str(n)})) for n in (1, 2)]
    >>> everywhere([RunGroup("", runs, [])])
    'task=tagging'
    """
    runs = [run for group in groups for _, run in (*group.runs, *group.failed)]
    alike = set.intersection(*(set(run.options.items()) for run in runs)) if runs else set()
    return " ".join(f"{n}={v}" for n, v in runs[0].options.items() if (n, v) in alike)


def print_table(console: Console, groups: Sequence[RunGroup]) -> None:
    """Print the scores' means and deviations, and the scores of single runs."""
    if alike := everywhere(groups):
        console.print(f"Everywhere: {on_one_line(alike)}", markup=False, highlight=False)
    rows = []
    for (label, means), runs in _rows(groups):
        rows.append(Row(label, means, style="bold"))
        rows += [Row(run, cells, indent=2) for run, cells in runs]
    headings = [name.replace("_", " ") for name in _score_names(groups)]
    show_fitted(console, "Test scores: mean ± standard deviation", headings, rows)


def failures(groups: Sequence[RunGroup]) -> list[str]:
    """A line for each failed run, with its label and the reason.

    >>> from seqtasks.sweep.run import SweepRun
    >>> failures([RunGroup("cell=gru", [], [("seed=1", SweepRun(0, "", {}, error="no memory"))])])
    ['cell=gru seed=1: no memory']
    """
    return [
        f"{group.label} {label}: {run.error}".lstrip()
        for group in groups
        for label, run in group.failed
    ]


def markdown(groups: Sequence[RunGroup]) -> str:
    """The table and the failed runs, in Markdown."""
    names = _score_names(groups)
    lines = ["Test scores: mean ± sample standard deviation", ""]
    lines += [f"Everywhere: {plain(alike)}", ""] if (alike := everywhere(groups)) else []
    lines += [f"| | {' | '.join(map(plain, names))} |", f"|---|{'---|' * len(names)}"]
    for (label, means), runs in _rows(groups):
        lines.append(f"| **{plain(label)}** | {' | '.join(f'**{mean}**' for mean in means)} |")
        lines += [f"| {plain(run)} | {' | '.join(cells)} |" for run, cells in runs]
    failed = failures(groups)
    lines += ["", "Failed:", "", *(f"- {plain(line)}" for line in failed)] if failed else []
    return "\n".join([*lines, ""])


def summary_json(groups: Sequence[RunGroup]) -> list[dict[str, Any]]:
    """The groups as plain values for JSON."""
    return [
        {
            "label": group.label,
            "scores": {name: asdict(spread) for name, spread in group.scores.items()},
            "runs": [{"label": name, **asdict(run)} for name, run in (*group.runs, *group.failed)],
        }
        for group in groups
    ]
