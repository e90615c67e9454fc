"""Hydra's callback that sums up the runs of a sweep."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hydra.core.utils import JobReturn
from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from seqtasks.bundle.json_text import json_text
from seqtasks.files.replacing import write_text
from seqtasks.reporting.terminal import Terminal
from seqtasks.sweep.group import group_runs
from seqtasks.sweep.run import SweepRun, read_runs, record_run
from seqtasks.sweep.table import failures, markdown, print_table, summary_json
from seqtasks.sweep.tuning.sweeper import register
from seqtasks.training.launched import is_first


class Summary(Callback):
    """Ends a sweep with a table of means and deviations, kept in the folder of the sweep.

    ``summary.json`` and ``summary.md`` hold the table. ``jobs.jsonl`` gains a line as soon as a run
    ends, in whichever of Hydra's launchers and processes. If a run failed, the others are summed
    up, and the command ends with code 1.
    """

    folder: Path | None = None
    """The folder of the sweep; None for a single run, and where another process writes there."""

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Remember where the sweep is; one of several processes writes there.

        A search is summed up by its own sweeper, which Hydra gets to know here.
        """
        if "tune" in config:
            register()
        elif is_first():
            self.folder = Path(config.hydra.sweep.dir)

    def on_job_end(self, config: DictConfig, job_return: JobReturn, **kwargs: Any) -> None:
        if self.folder is None:
            return
        results = job_return.return_value
        place = config.hydra.runtime.output_dir
        parts = (override.partition("=") for override in job_return.overrides or [])
        given = {option: value for option, _, value in parts}
        scores, error = results.get("test", {}), results.get("error", "")
        record_run(self.folder, SweepRun(int(config.hydra.job.num), place, given, scores, error))

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Print and keep the summary."""
        if self.folder is None or not (jobs := read_runs(self.folder)):
            return
        found = group_runs(jobs)
        content = json_text(summary_json(found))
        texts = {"summary.json": content, "summary.md": markdown(found)}
        for name, text in texts.items():
            write_text(self.folder / name, text)
        console = Terminal()
        console.print()
        if any(group.runs for group in found):
            print_table(console, found)
        failed = [f"Failed: {line}" for line in failures(found)]
        for line in [*failed, f"Saved: {self.folder / 'summary.json'}, summary.md beside it"]:
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        if failed:
            sys.exit(1)
