"""The table of a search: a row for each run, the best first."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seqtasks.reporting.console import heading, number, show
from seqtasks.sweep.tuning.study import Outcome

WIDTH = 80
"""Columns of the printed table, at most unless its numbers need more."""


def options_of(runs: Sequence[Outcome]) -> list[str]:
    """The options that are searched."""
    return list(dict.fromkeys(name for run in runs for name in run.options))


def print_table(console: Console, runs: Sequence[Outcome], monitor: str) -> None:
    """Print the runs in their order; the first one is marked as the best."""
    options = options_of(runs)
    name = monitor.rpartition("/")[2]
    rows = []
    for at, run in enumerate(runs):
        label = f"{run.number}{'' if at else ' *'}"
        scores = [number(name, run.score), str(run.epochs), f"{run.seconds:.0f}"]
        rows.append([label, *scores, run.ended, *(run.options.get(one, "") for one in options)])
    headings = ["run", heading(name, {}), "epochs", "s", "", *map(short, options)]
    columns = zip(*rows, strict=True)
    widths = [max(map(len, cells)) for cells in columns]
    words = [max(map(len, [*title.split(), ""])) for title in headings]
    while sum(widths) + len(widths) - 1 < WIDTH:  # headings fold where there is no room for words
        narrow = [at for at, word in enumerate(words) if widths[at] < word]
        if not narrow:
            break
        widths[min(narrow, key=lambda at: widths[at])] += 1
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for title, width in zip(headings, widths, strict=True):
        table.add_column(escape(title), justify="right", overflow="fold", width=width)
    for at, row in enumerate(rows):
        table.add_row(*map(escape, row), style=None if at else "bold")
    show(console, f"{len(runs)} run{'s' * (len(runs) > 1)} by {monitor}, the best first (*)")
    console.print(table)


def short(option: str) -> str:
    """The last word of an option, whose words can stand below each other.

    >>> short("task.head.label_smoothing")
    'label smoothing'
    """
    return option.rpartition(".")[2].replace("_", " ")


def as_csv(runs: Sequence[Outcome], monitor: str) -> str:
    """The runs as CSV, with the whole names of the options."""
    options = options_of(runs)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["run", monitor, "epochs", "seconds", "ended", *options, "error"])
    for run in runs:
        score = "" if run.score is None else repr(run.score)
        told = [run.number, score, run.epochs, run.seconds, run.ended]
        writer.writerow([*told, *(run.options.get(one, "") for one in options), run.error])
    return file.getvalue()


def summary(runs: Sequence[Outcome], monitor: str, command: str) -> dict[str, Any]:
    """The search as plain values for JSON; the first run is the best.

    Args:
        runs: the best first.
        monitor: the score that they are compared by.
        command: repeats the best one.
    """
    every = [{name: x for name, x in asdict(run).items() if name != "trained"} for run in runs]
    best = runs[0].number if runs else None
    return {"monitor": monitor, "best": best, "command": command, "runs": every}
