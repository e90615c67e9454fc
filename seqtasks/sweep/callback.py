"""Hydra's callback that sums up the runs of a sweep."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from seqtasks.cli.quoting import in_quotes
from seqtasks.files.holding import let_go
from seqtasks.sweep.closing import close
from seqtasks.sweep.job import VARIABLE, Job
from seqtasks.sweep.plugins import register
from seqtasks.training.launched import is_first


class Summary(Callback):
    """Ends a sweep with a table of means and deviations, kept in the folder of the sweep.

    ``summary.json`` and ``summary.md`` hold the table. If a run failed, the others are summed up,
    and the command ends with code 1.
    """

    folder: Path | None = None
    """The folder of the sweep; None for a single run, and where another process writes there."""

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Remember where the sweep is, let Hydra know what is ours, and tell the runs of both.

        A search is summed up by its own sweeper.
        """
        register()
        if "tune" in config:
            return
        folder = Path(config.hydra.sweep.dir)
        job = Job(str(folder.absolute()), os.getpid(), sys.argv[1:])
        told = f"+hydra.job.env_set.{VARIABLE}={in_quotes(job.text())}"
        config.hydra.overrides.hydra.append(told)  # the runs are composed anew, from these
        if is_first():
            self.folder = folder

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Print and keep the summary."""
        if self.folder is not None and not close(self.folder):
            let_go(self.folder)
            sys.exit(1)
