"""What a sweep says at its end: a row of means for each group, and a row for each run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seqtasks.reporting.console import number
from seqtasks.sweep.group import Group

Row = tuple[str, list[str]]
"""A label and a cell for each score."""


def scores(groups: Sequence[Group]) -> list[str]:
    """The names of all scores."""
    return list(dict.fromkeys(name for group in groups for name in group.scores))


def rows(groups: Sequence[Group]) -> list[tuple[Row, list[Row]]]:
    """For each group that has a score the row of its means, and those of its runs if several."""
    names = scores(groups)
    found = []
    for group in groups:
        if not group.runs:
            continue
        spreads = group.scores
        means = [spreads[name].shown(name) if name in spreads else "–" for name in names]
        several = len(group.runs) > 1
        label = f"{group.label} {counted(group)}" if several or group.failed else group.label
        label = label.strip() or group.runs[0][0]
        single = [(run, [number(n, job.scores.get(n)) for n in names]) for run, job in group.runs]
        found.append(((label, means), single if several else []))
    return found


def counted(group: Group) -> str:
    """Over how many runs the means are."""
    done, failed = len(group.runs), len(group.failed)
    return f"mean of {done}" + (f" of {done + failed}" if failed else "")


def show(console: Console, groups: Sequence[Group]) -> None:
    """Print the table."""
    table = Table(title="Test scores: mean ± standard deviation", title_justify="left")
    table.add_column("", no_wrap=True)
    for name in scores(groups):
        table.add_column(name.replace("_", " "), justify="right", overflow="fold")
    for (label, means), runs in rows(groups):
        table.add_row(escape(label), *means, style="bold")
        for run, cells in runs:
            table.add_row(f"  {escape(run)}", *cells)
    console.print(table)


def failures(groups: Sequence[Group]) -> list[str]:
    """A line for each run that failed: which, and why.

    >>> from seqtasks.sweep.job import Job
    >>> failures([Group("encoder.cell=gru", [], [("seed=1", Job(0, "", {}, error="no memory"))])])
    ['encoder.cell=gru seed=1: no memory']
    """
    return [
        f"{group.label} {run}: {job.error}".lstrip()
        for group in groups
        for run, job in group.failed
    ]


def markdown(groups: Sequence[Group]) -> str:
    """The table and what failed, in Markdown."""
    names = scores(groups)
    lines = ["Test scores: mean ± sample standard deviation", ""]
    lines += [f"| | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for (label, means), runs in rows(groups):
        lines.append(f"| **{label}** | {' | '.join(f'**{mean}**' for mean in means)} |")
        lines += [f"| {run} | {' | '.join(cells)} |" for run, cells in runs]
    failed = failures(groups)
    lines += ["", "Failed:", "", *(f"- {line}" for line in failed)] if failed else []
    return "\n".join([*lines, ""])


def plain(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """The groups as JSON takes them."""
    return [
        {
            "label": group.label,
            "scores": {name: asdict(spread) for name, spread in group.scores.items()},
            "runs": [{"label": run, **asdict(job)} for run, job in (*group.runs, *group.failed)],
        }
        for group in groups
    ]
