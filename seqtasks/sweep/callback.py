"""Hydra's callback that adds up the runs of one command."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from hydra.core.utils import JobReturn
from hydra.experimental.callback import Callback
from omegaconf import DictConfig
from rich.console import Console

from seqtasks.sweep.group import groups
from seqtasks.sweep.job import RECORD, Job, options, read, write
from seqtasks.sweep.table import failures, markdown, plain, show


class Summary(Callback):
    """Ends several runs with a table of means and deviations, kept in the folder of the sweep.

    ``summary.json`` and ``summary.md`` hold the table, ``jobs.jsonl`` a line for each run as soon
    as it has ended, whichever of Hydra's launchers and processes it ran in. If a run failed, the
    others are summed up, and the command ends with code 1.
    """

    folder: Path | None = None
    """Of the sweep; None of a single run."""

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Begin the record; runs of an older sweep in the same folder do not count."""
        self.folder = Path(config.hydra.sweep.dir)
        (self.folder / RECORD).unlink(missing_ok=True)

    def on_job_end(self, config: DictConfig, job_return: JobReturn, **kwargs: Any) -> None:
        """Record a run."""
        if self.folder is None:
            return
        results = job_return.return_value
        place = config.hydra.runtime.output_dir
        given = options(job_return.overrides or [])
        scores, error = results.get("test", {}), results.get("error", "")
        write(self.folder, Job(int(config.hydra.job.num), place, given, scores, error))

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Print and keep the summary."""
        if self.folder is None or not (jobs := read(self.folder)):
            return
        found = groups(jobs)
        content = json.dumps(plain(found), indent=2, ensure_ascii=False)
        (self.folder / "summary.json").write_text(content, encoding="utf-8")
        (self.folder / "summary.md").write_text(markdown(found), encoding="utf-8")
        console = Console(soft_wrap=False)
        console.print()
        if any(group.runs for group in found):
            show(console, found)
        failed = [f"Failed: {line}" for line in failures(found)]
        for line in [*failed, f"Saved: {self.folder / 'summary.json'}, summary.md beside it"]:
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        if failed:
            sys.exit(1)
