"""Runs that repeat one experiment, which are compared as one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from seqtasks.comparison.options import options_of
from seqtasks.comparison.runs import Run
from seqtasks.sweep.group import RunGroup, group_runs
from seqtasks.sweep.run import SweepRun
from seqtasks.sweep.spread import Spread
from seqtasks.sweep.table import everywhere


@dataclass(frozen=True)
class Setting:
    """Runs that differ in the seed and the fold alone.

    Attributes:
        label: the options by which it differs from other settings.
        runs: its runs.
        labels: the options by which each run differs from the others.
        scores: mean and deviation of each score over the runs.
    """

    label: str
    runs: list[Run]
    labels: list[str]
    scores: dict[str, Spread]

    def best_validation(self, monitor: str, mode: str) -> float:
        """The mean over the runs of the best score in validation; NaN where there is none."""
        best = [best_of(run, monitor, mode) for run in self.runs]
        return sum(best) / len(best)


def best_of(run: Run, monitor: str, mode: str) -> float:
    """The best value of a score in the history of a run; NaN where it has none."""
    values = [
        row[monitor] for row in run.results.get("history", []) if row.get(monitor) is not None
    ]
    return (min if mode == "min" else max)(values, default=math.nan)


def settings_of(runs: Sequence[Run]) -> tuple[list[Setting], str]:
    """The settings of some runs, and the options that all of them have."""
    options = options_of(runs)
    rows = [
        SweepRun(number, str(run.folder), given, run.scores)
        for number, (run, given) in enumerate(zip(runs, options, strict=True))
    ]
    groups = group_runs(rows)
    names = dict.fromkeys(word.partition("=")[0] for one in groups for word in one.label.split())
    return [setting(group, runs, [*names]) for group in groups], everywhere(groups)


def setting(group: RunGroup, runs: Sequence[Run], names: Sequence[str]) -> Setting:
    """A group of runs that stand beside each other, which differ in some options."""
    labels = [label for label, _ in group.runs]
    label = group.label or f"default {', '.join(names)}"
    if not names:
        label = "all runs" if len(labels) > 1 else labels[0]
    return Setting(label, [runs[run.number] for _, run in group.runs], labels, group.scores)
