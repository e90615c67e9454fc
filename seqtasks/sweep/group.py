"""The runs of a sweep that repeat one experiment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seqtasks.sweep.run import SweepRun
from seqtasks.sweep.spread import Spread

_REPEATED = ("seed", "data.fold")
"""Options whose values repeat an experiment; runs that differ in nothing else are one group."""


@dataclass(frozen=True)
class RunGroup:
    """Runs that differ in the seed and the fold alone.

    Attributes:
        label: the options by which the group differs from others.
        runs: the options by which a run differs from the group's others, with the run.
        failed: likewise the runs without scores.
    """

    label: str
    runs: list[tuple[str, SweepRun]]
    failed: list[tuple[str, SweepRun]]

    @property
    def scores(self) -> dict[str, Spread]:
        """The spread of each score over the runs."""
        names = dict.fromkeys(name for _, run in self.runs for name in run.scores)
        return {
            name: Spread.of(run.scores[name] for _, run in self.runs if name in run.scores)
            for name in names
        }


def group_runs(runs: Sequence[SweepRun]) -> list[RunGroup]:
    """Group runs by the options in which they differ, except the seed and the fold.

    >>> runs = [SweepRun(n, "", {"cell": "gru", "seed": str(n)}, {"f1": n / 2}) for n in (1, 2)]
    >>> [group] = group_runs(runs)
    >>> group.label, [label for label, _ in group.runs], group.scores["f1"].mean
    ('', ['seed=1', 'seed=2'], 0.75)
    """
    names = dict.fromkeys(name for run in runs for name in run.options)
    varied = [name for name in names if len({run.options.get(name) for run in runs}) > 1]
    repeated = [name for name in varied if name in _REPEATED]
    alike: dict[str, list[SweepRun]] = {}
    for run in runs:
        label = _label(run, (name for name in varied if name not in _REPEATED))
        alike.setdefault(label, []).append(run)
    found = []
    for label, members in alike.items():
        named = [(_label(run, repeated) or f"run {run.number}", run) for run in members]
        done = [(name, run) for name, run in named if not run.error]
        found.append(RunGroup(label, done, [(name, run) for name, run in named if run.error]))
    return found


def _label(run: SweepRun, names: Iterable[str]) -> str:
    return " ".join(f"{name}={run.options[name]}" for name in names if name in run.options)
