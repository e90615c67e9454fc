"""One run of a sweep, as the process that does it knows it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from seqtasks.cli.signals import take_signals
from seqtasks.reporting.console import show
from seqtasks.reporting.terminal import Terminal
from seqtasks.sweep.run import SweepRun, read_runs, record_run
from seqtasks.training.launched import is_first

VARIABLE = "SEQTASKS_JOB"
"""The variable of the environment that tells a process of its run, whatever has launched it."""


@dataclass(frozen=True)
class Job:
    """A run of a sweep.

    Attributes:
        sweep: the folder of the sweep.
        process: the number of the process that began the sweep.
        arguments: of the command that did.
        threads: the processor threads that are the run's share; None: all that torch has.
        number: of the run among all of the sweep; None: as Hydra counts.
        again: whether an earlier sweep in the folder has begun the run, and not finished it.
    """

    sweep: str
    process: int
    arguments: Sequence[str]
    threads: int | None = None
    number: int | None = None
    again: bool = False

    @classmethod
    def here(cls) -> Job | None:
        """The run of this process; None for one that belongs to no sweep."""
        text = os.environ.get(VARIABLE)
        return None if text is None else cls(**json.loads(text))

    def text(self) -> str:
        """The run, as the variable holds it."""
        return json.dumps(asdict(self))

    def begin(self, words: Sequence[str]) -> None:
        """Say which run begins, in a process that ends with the one that launched it.

        Args:
            words: the options of the run, as they are typed.
        """
        if os.getpid() != self.process:
            take_signals()
        if os.getppid() == self.process:
            from seqtasks.training.children import end_with_parent  # late, as torch takes its time

            end_with_parent(self.process)
        if self.number is not None and is_first():
            show(Terminal(), f"Run {self.number}: {' '.join(words)}")

    def claims(self, folder: Path, options: Mapping[str, Any]) -> dict[str, Any]:
        """What the run claims its folder with.

        One that was interrupted goes on from its newest checkpoint, one that has failed begins
        anew, and neither takes the folder of a run that has finished.

        Args:
            folder: of the run.
            options: ``overwrite``, ``ckpt_path`` and ``lr_finder`` of its configuration.
        """
        claims = {"overwrite": options["overwrite"], "checkpoint": options["ckpt_path"]}
        ended = read_runs(Path(self.sweep))
        finished = {Path(run.folder).resolve() for run in ended if not run.error}
        again = self.again or os.environ.get("SLURM_RESTART_COUNT")  # of a job that is done again
        if not again or claims["checkpoint"] or folder.resolve() in finished:
            return claims
        failed = any(run.number == self.number for run in ended)
        if not failed and not options["lr_finder"] and (path := checkpoint_of(folder)):
            return {"overwrite": False, "checkpoint": str(path)}
        return {"overwrite": True, "checkpoint": None}

    def record(
        self, number: int, folder: Path, words: Sequence[str], scores: Any = None, error: str = ""
    ) -> None:
        """Note what the run came to.

        Args:
            number: as Hydra counts.
            folder: of the run.
            words: its options, as they are typed.
            scores: on the tested split, by name.
            error: why it has failed, if so.
        """
        number = number if self.number is None else self.number
        run = SweepRun(number, str(folder), options_of(words), scores or {}, error)
        if is_first():
            record_run(Path(self.sweep), run)


def options_of(words: Sequence[str]) -> dict[str, str]:
    """The options of a run by name, as they are typed.

    >>> options_of(["seed=1", "+encoder.scale=2"])
    {'seed': '1', '+encoder.scale': '2'}
    """
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def checkpoint_of(folder: Path) -> Path | None:
    """The checkpoint that a run goes on from; None where there is none."""
    if not (folder / "checkpoints").is_dir():
        return None
    from seqtasks.training.checkpoint_file import newest_whole  # late, as torch takes its time

    return newest_whole([folder / "checkpoints"])
