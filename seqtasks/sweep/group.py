"""The runs of a sweep that repeat one experiment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seqtasks.sweep.job import Job
from seqtasks.sweep.spread import Spread

REPEATED = ("seed", "data.fold")
"""Options whose values repeat an experiment; runs that differ in nothing else are one group."""


@dataclass(frozen=True)
class Group:
    """Runs that differ in the seed and the fold alone.

    Attributes:
        label: the options that tell it from other groups.
        runs: the options that tell a run from the others of the group, and the run.
        failed: the same of the runs that have no scores.
    """

    label: str
    runs: list[tuple[str, Job]]
    failed: list[tuple[str, Job]]

    @property
    def scores(self) -> dict[str, Spread]:
        """Each score over the runs."""
        names = dict.fromkeys(name for _, job in self.runs for name in job.scores)
        return {
            name: Spread.of(job.scores[name] for _, job in self.runs if name in job.scores)
            for name in names
        }


def groups(jobs: Sequence[Job]) -> list[Group]:
    """Runs by all the options that differ among them but the seed and the fold.

    >>> made = [Job(n, "", {"encoder.cell": "gru", "seed": str(n)}, {"f1": n / 2}) for n in (1, 2)]
    >>> [group] = groups(made)
    >>> group.label, [label for label, _ in group.runs], group.scores["f1"].mean
    ('', ['seed=1', 'seed=2'], 0.75)
    """
    names = dict.fromkeys(name for job in jobs for name in job.options)
    varied = [name for name in names if len({job.options.get(name) for job in jobs}) > 1]
    repeated = [name for name in varied if name in REPEATED]
    alike: dict[str, list[Job]] = {}
    for job in jobs:
        label = _label(job, (name for name in varied if name not in REPEATED))
        alike.setdefault(label, []).append(job)
    found = []
    for label, members in alike.items():
        named = [(_label(job, repeated) or f"run {job.number}", job) for job in members]
        done = [(name, job) for name, job in named if not job.error]
        found.append(Group(label, done, [(name, job) for name, job in named if job.error]))
    return found


def _label(job: Job, names: Iterable[str]) -> str:
    return " ".join(f"{name}={job.options[name]}" for name in names if name in job.options)
