"""A search from its first run to its best: what is tried, until when, and what is kept of it."""

from __future__ import annotations

import math
import shutil
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seqtasks.bundle.replacement import files_of, renewed
from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.reporting.console import number
from seqtasks.sweep.tuning.space import Space
from seqtasks.sweep.tuning.study import Outcome, Study, forget
from seqtasks.sweep.tuning.trial import Trial
from seqtasks.training.checkpoint_file import newest_whole

USUAL = 20
"""Runs of a search that nothing else bounds."""

Launch = Callable[[Trial, Mapping[str, str]], dict[str, Any]]
"""Runs a trial with some options, and gives what it returns: ``error`` where it failed."""


class Search:
    """Runs one after the other, the first with the options as they are.

    Args:
        study: what was tried already.
        launch: see `Launch`.
        space: what is searched, by the folder of the first run.
        about: whatever has to be the same when the search is resumed.
        trials: the most runs; None: `USUAL`, or as many as the seconds allow.
        seconds: the time for all of them; None without a bound.
        say: prints a line.
    """

    def __init__(
        self,
        study: Study,
        launch: Launch,
        space: Callable[[Path], Space],
        about: Mapping[str, Any],
        *,
        trials: int | None = None,
        seconds: float | None = None,
        say: Callable[[str], object] = print,
    ) -> None:
        self.study, self.launch, self.space, self.about, self.say = study, launch, space, about, say
        self.trials = USUAL if trials is None and seconds is None else trials
        self.until = None if seconds is None else time.time() + seconds
        self.check()

    def check(self) -> None:
        """Refuse to go on with a search of other options (UsageError)."""
        for name, there in self.study.about.items():
            here = self.about.get(name, there)
            if here != there:
                raise UsageError(
                    f"{self.study.folder} holds a search with the {name} {there}, not {here}; "
                    "repeat its command to go on with it, replace it with `overwrite`=true, or "
                    "name another folder: hydra.sweep.dir=PATH"
                )

    def run(self) -> Outcome:
        """Try until the time is over or the runs are done; the best run.

        Raises:
            SeqtasksError: the first run failed, or came to no score.
        """
        if not self.study.outcomes:
            self.first()
        while self.goes_on():
            self.next()
        return self.study.ranking[0]

    def first(self) -> None:
        """Run with the options as they are, which says around which values to look."""
        began = time.monotonic()
        self.say("Run 0: the options as they are")
        result = self.launch(self.trial(0, pruned=False), {})
        if error := result.get("error"):
            raise SeqtasksError(
                f"the first run, with the options as they are, failed: {error}; correct that, and "
                "begin again"
            )
        folder = self.study.folder / "0"
        if result["score"] is None:
            raise SeqtasksError(
                f"the first run has no {result['monitor']}; give the search more time, or let the "
                "training validate"
            )
        check_kept(folder)
        space = self.space(folder)
        options = {name: str(value) for name, value in space.first().items()}
        outcome = outcome_of(0, options, result, time.monotonic() - began)
        self.study.begin(result, outcome, space, self.about)
        self.check()
        self.tell(outcome)

    def next(self) -> None:
        """Run with options that follow from what was tried."""
        at, options = self.study.ask()
        words = [f"{name}={value}" for name, value in options.items()]
        self.say(" ".join([f"Run {at}:", *words]))
        began = time.monotonic()
        result = self.launch(self.trial(at), options)
        outcome = outcome_of(at, options, result, time.monotonic() - began)
        self.study.tell(outcome)
        self.tell(outcome)

    def trial(self, at: int, pruned: bool = True) -> Trial:
        """A trial that trains."""
        return Trial(str(self.study.folder.absolute()), at, self.until, pruned)

    def goes_on(self) -> bool:
        """Whether another run is to begin, which may well end in time."""
        begun = len(self.study.begun.trials) - len(self.study.left)
        if self.trials is not None and max(begun, len(self.study.outcomes)) >= self.trials:
            return False
        if self.until is None:
            return True
        whole = [run.seconds for run in self.study.outcomes if not run.ended]
        return time.time() + (statistics.median(whole) if whole else 0) <= self.until

    def is_over(self) -> bool:
        """Whether nothing that other folders do may still be better than the best."""
        tried = len(self.study.outcomes)
        return not self.study.others() or (self.trials is not None and tried >= self.trials)

    def finish(self, best: Outcome) -> None:
        """Test a run, and let its bundle be that of the search.

        Raises:
            SeqtasksError: the test fails.
        """
        trained, place = self.study.place_of(best.number), self.study.folder / str(best.number)
        if trained is None:
            where = self.study.whereabouts(best.number)
            raise SeqtasksError(
                f"run {best.number}, the best, lies in {where}, which cannot be seen from here; "
                "repeat the command there, and it is tested"
            )
        trial = Trial(
            str(self.study.folder.absolute()),
            best.number,
            checkpoint=str(check_kept(trained)),
            trained=best.trained,
        )
        result = self.launch(trial, best.options if best.number else {})
        if error := result.get("error"):
            raise SeqtasksError(
                f"the test of run {best.number}, the best, failed: {error}; correct that, and "
                f"repeat the command with hydra.sweep.dir={self.study.folder}"
            )
        with renewed(self.study.folder / "bundle") as part:
            manifest, *names = files_of(place / "bundle")
            for name in (*names, manifest):
                shutil.copy2(place / "bundle" / name, part / name)

    def tell(self, outcome: Outcome) -> None:
        """Print what a run came to, and let the checkpoints of those behind the best go."""
        best = self.study.ranking[0]
        monitor = self.study.monitor
        name = monitor.rpartition("/")[2]
        score = f"{monitor} {number(name, outcome.score)} after {outcome.epochs} epochs"
        ended = f"{outcome.ended}, " if outcome.ended else ""
        done = "failed" if outcome.ended == "failed" else f"{ended}{score}"
        self.say(f"Run {outcome.number}: {done}; best: {number(name, best.score)}")
        for mine in self.study.mine():
            if mine != best.number:
                forget(self.study.folder / str(mine))


def outcome_of(
    at: int, options: Mapping[str, str], result: Mapping[str, Any], seconds: float
) -> Outcome:
    """What a run came to, by what it returned."""
    seconds = round(seconds, 2)
    if error := result.get("error"):
        return Outcome(at, options, None, "failed", 0, seconds, error)
    score, trained = result["score"], result["trained"]
    if score is None or math.isnan(score):
        ended, score, error = "failed", None, "no validation has a score"
    else:
        ended, error = result["ended"], ""
    return Outcome(at, options, score, ended, trained["epochs"], seconds, error, trained)


def check_kept(folder: Path) -> Path:
    """The newest checkpoint of a run (SeqtasksError: there is none, from which to test the run)."""
    path = newest_whole([folder / "checkpoints"])
    if path is None:
        raise SeqtasksError(
            f"{folder} has no checkpoint, and the best run is tested from its checkpoint; choose "
            "callbacks=default and trainer.enable_checkpointing=true"
        )
    return path
