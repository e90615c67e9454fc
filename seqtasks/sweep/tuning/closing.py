"""What a search ends with: its table, and the commands that follow from it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

from hydra.conf import OverridesConf

from seqtasks.bundle.json_text import json_text
from seqtasks.cli.hydra_errors import arguments_of_a_job
from seqtasks.files.replacing import write_text
from seqtasks.reporting.console import number, show
from seqtasks.reporting.terminal import Terminal
from seqtasks.sweep.again import again, typed
from seqtasks.sweep.tuning.given import Given
from seqtasks.sweep.tuning.report import page
from seqtasks.sweep.tuning.study import Study
from seqtasks.sweep.tuning.table import as_csv, print_table, summary


class Closing:
    """Says what has come of a search.

    Args:
        console: where it is said.
        study: the runs.
        given: what the command says.
        hydra: the command's options of Hydra itself.
    """

    def __init__(self, console: Terminal, study: Study, given: Given, hydra: Sequence[str]) -> None:
        self.console, self.study, self.given, self.hydra = console, study, given, list(hydra)

    def say(self, text: str) -> None:
        """Print a line."""
        show(self.console, text)

    def table(self) -> None:
        """Print the table and keep it, and say which run is the best."""
        runs, monitor, folder = self.study.ranking, self.study.monitor, self.study.folder
        best, [first] = runs[0], [run for run in runs if run.number == 0]
        overrides = self.given.overrides(best.options if best.number else {})
        words = arguments_of_a_job(sys.argv[1:], OverridesConf(hydra=self.hydra, task=overrides))
        command = typed(words)
        write_text(folder / "tune.csv", as_csv(runs, monitor))
        write_text(folder / "summary.json", json_text(summary(runs, monitor, command)))
        name, validations = folder.absolute().name, self.study.validations
        write_text(folder / "report.html", page(name, command, monitor, runs, validations))
        self.console.print()
        print_table(self.console, runs, monitor)
        name = monitor.rpartition("/")[2]
        scores = [number(name, run.score) for run in (best, first)]
        self.say(f"\nBest: run {best.number}, {monitor} {scores[0]}; options as given: {scores[1]}")
        self.say(f"Alone: {command}")
        self.say(f"Table: {folder / 'tune.csv'}, summary.json beside it")
        self.say(f"Report: {folder / 'report.html'}")

    def finished(self) -> None:
        """Say what there is, and what can be done with it."""
        self.table()
        place = str(self.study.folder / "bundle")
        self.say(f"Saved: {place}")
        self.say(f"Next:  {shlex.join(['python', '-m', 'seqtasks.predict', place])} --input FILE")

    def left_to_others(self) -> None:
        """Say that searches in other folders go on, of which the last tests the best run."""
        self.table()
        count = self.study.others()
        self.say(f"{count} more under way elsewhere; the search that ends last tests the best run")
        self.best_of_these()

    def best_of_these(self) -> None:
        """Say how the best run is tested at once."""
        tested = again(self.study.folder, {"tune.trials": str(len(self.study.outcomes))})
        self.say(f"To test the best of these: {tested}")

    def interrupted(self) -> None:
        """Say how to go on, or to make do with what there is."""
        if self.study.outcomes:
            self.table()
            self.say(f"To go on: {again(self.study.folder)}")
            self.best_of_these()
