"""Hydra's own sweeper, which goes on with the sweep that its folder holds."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf, read_write

from seqtasks.cli.quoting import in_quotes
from seqtasks.errors import SeqtasksError, UsageError, first_line
from seqtasks.files.holding import is_held, let_go
from seqtasks.files.replacing import write_text
from seqtasks.reporting.console import show
from seqtasks.reporting.terminal import Terminal
from seqtasks.sweep.again import LEFT_OUT, again
from seqtasks.sweep.closing import close
from seqtasks.sweep.cores import share
from seqtasks.sweep.job import VARIABLE, Job
from seqtasks.sweep.plan import Plan, Words
from seqtasks.sweep.run import read_runs
from seqtasks.training.launched import is_first, launched

OWN = (*LEFT_OUT, "launcher=")
"""Options that are the sweep's own, and not those of its runs."""

BY_NUMBER = "${hydra.job.num}"
"""What names the folders of runs unless the user says otherwise."""


class Sweep(Sweeper):
    """Runs what is missing or has failed of the runs that are asked for, by any launcher.

    ``plan.json`` in the folder of the sweep numbers the runs by their options; each keeps its
    number, and with it its folder. ``jobs.jsonl`` says which have ended.

    Args:
        max_batch_size: runs that the launcher has at once, at most; None: all.
        params: option → values, before those of the command line.
    """

    def __init__(
        self, max_batch_size: int | None = None, params: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self.max_batch_size, self.params = max_batch_size, params or {}

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        with read_write(config):
            config.hydra.hydra_logging.root.level = "WARNING"  # each run says that it begins
        self.composed, self.loader = config, hydra_context.config_loader
        self.hydra_context, self.config = hydra_context, config  # where Hydra's checks look
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> Any:
        """Run what is not done yet.

        Raises:
            UsageError: the sweep to be resumed has none of these runs.
            SeqtasksError: the launcher fails.
        """
        folder = Path(self.composed.hydra.sweep.dir)
        try:
            self.complete(folder, arguments)
        except BaseException:
            let_go(folder)
            raise
        return read_runs(folder)

    def complete(self, folder: Path, arguments: Sequence[str]) -> None:
        """Run what is not done yet in the folder of the sweep."""
        plan = Plan(folder)
        known, asked = len(plan), self.runs(arguments)
        words = {plan.number(run): run for run in asked}
        if self.composed.sweep.resume and min(words) >= known:
            raise UsageError(
                f"{folder} holds a sweep of other runs; leave it out, or name the folder of these",
                option="sweep.resume",
            )
        done = {run.number for run in read_runs(folder) if not run.error}
        left = [number for number in words if number not in done]
        threads = share(self.composed.hydra.launcher, len(words), self.max_batch_size)
        told = {n: [*words[n], *self.told(n, n < known, threads)] for n in left}
        self.validate_batch_is_legal([*told.values()])
        if is_first():
            write_text(folder / "multirun.yaml", OmegaConf.to_yaml(self.composed))
            plan.write()
        if known and is_first():
            console = Terminal()
            there = len(words) - len(left)
            show(console, f"Going on in {folder}: {there} of {len(words)} runs are done")
        try:
            self.launch([run for n, run in told.items() if not self.under_way(n)])
        except (KeyboardInterrupt, SystemExit, SeqtasksError):
            if is_first():
                close(folder)
                show(Terminal(), f"To go on: {again(folder)}")
            raise

    def runs(self, arguments: Sequence[str]) -> list[Words]:
        """The options of each run that the command asks for."""
        from hydra._internal.core_plugins.basic_sweeper import BasicSweeper

        parser = OverridesParser.create(config_loader=self.loader)
        params = [f"{name}={values}" for name, values in self.params.items()]
        every = parser.parse_overrides([*params, *arguments])
        [found] = BasicSweeper.split_arguments(every, None)
        return [[word for word in run if not word.lstrip("+").startswith(OWN)] for run in found]

    def told(self, number: int, known: bool, threads: int | None) -> Iterator[str]:
        """What Hydra is told of a run besides its options.

        Args:
            number: of the run.
            known: whether an earlier sweep in the folder has planned it.
            threads: its share.
        """
        folder = Path(self.composed.hydra.sweep.dir).absolute()
        job = Job(str(folder), os.getpid(), sys.argv[1:], threads, number, known)
        yield f"hydra.job.env_set.{VARIABLE}={in_quotes(job.text())}"
        if self.by_number:
            yield f"hydra.sweep.subdir={number}"

    @property
    def by_number(self) -> bool:
        """Whether the folders of runs are called by their numbers."""
        written: Any = OmegaConf.to_container(self.composed.hydra.sweep, resolve=False)
        return bool(written["subdir"] == BY_NUMBER)

    def under_way(self, number: int) -> bool:
        """Whether a process that an earlier sweep has left behind does a run.

        Processes of one training that were started together do not ask each other.
        """
        folder = Path(self.composed.hydra.sweep.dir, str(number))
        return launched() is None and self.by_number and is_held(folder)

    def launch(self, runs: Sequence[Words]) -> None:
        """Hand some runs to the launcher, as many at once as it may have.

        Raises:
            SeqtasksError: it fails; a run that fails raises nothing.
        """
        launcher: Any = self.launcher
        most = self.max_batch_size or max(1, len(runs))
        try:
            for first in range(0, len(runs), most):
                for job in launcher.launch(runs[first : first + most], initial_job_idx=first):
                    _ = job.return_value  # an error of the launcher's
        except Exception as error:
            traceback.print_exception(error)
            raise SeqtasksError(
                f"the launcher has failed: {type(error).__name__}: {first_line(error)}; correct "
                "that, and go on with what is not done"
            ) from error
