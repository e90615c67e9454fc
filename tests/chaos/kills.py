"""Trainings that are killed at random moments and resumed end as if nothing had been."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from chaos.case import Case
from chaos.references import PATIENCE, Reference, References
from chaos.remains import checkpoint_step, damaged, differences, last_line
from chaos.trainings import (
    TRAININGS,
    Training,
    ending_at,
    load_all,
    other_file_system,
    rank,
)

SHORT = 2
TWO = ("trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2")
SEVERAL = ("generation-streams", "classification", "tagging", "translation")
"""The trainings that are tried on two processes, and from a new Python."""

SIGNALS = (signal.SIGKILL,) * 6 + (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True)
class Plan:
    """What is trained, how, and how it is ended.

    Attributes:
        name: in `TRAININGS`.
        processes: of the training.
        forked: see `Training`.
        kills: how often it is ended.
        seed: of the moments.
    """

    name: str
    processes: int
    forked: bool
    kills: int
    seed: str

    @property
    def options(self) -> tuple[str, ...]:
        return (*TRAININGS[self.name], *(TWO if self.processes == 2 else ()))

    @property
    def way(self) -> str:
        ways = {(1, True): "", (1, False): "-anew", (2, False): "-two-processes"}
        return self.name + ways[self.processes, self.forked]


def cases(seed: int, count: int) -> Iterator[Case]:
    """Trainings of all tasks, ended so often in all: one to three times each."""
    load_all()
    references = References()
    names = itertools.cycle(TRAININGS)
    several = itertools.cycle(SEVERAL)
    done = 0
    for number in itertools.count(1):
        if done >= count:
            return
        draw = random.Random(f"{seed} {number}")
        kills = min(draw.randint(1, 3), count - done)
        done += kills
        if number % 5 == 0:
            plan = Plan(next(several), 2, False, kills, f"{seed} {number}")
        elif number % 8 == 0:
            plan = Plan(next(several), 1, False, kills, f"{seed} {number}")
        else:
            plan = Plan(next(names), 1, True, kills, f"{seed} {number}")
        yield Case(
            plan.way,
            f"{number:03}-{plan.way}-{kills}-kills",
            partial(attempt, plan, references),
            limit=3600.0,
        )


def attempt(plan: Plan, references: References, folder: Path) -> str:
    """End a training as often as the plan says, resume it to its end, and compare."""
    whole = references.get(plan.way, plan.options, forked=plan.forked)
    elsewhere = tempfile.mkdtemp(prefix="chaos-", dir=other_file_system(folder))
    try:
        return Chain(plan, folder, whole, elsewhere).run()
    finally:
        shutil.rmtree(elsewhere, ignore_errors=True)


class Chain:
    """A training that is ended and resumed again and again.

    Attributes:
        number: that of the newest run folder.
        step: that of the last checkpoint.
        rank: the numbers of the processes that a signal was sent to.
    """

    def __init__(self, plan: Plan, folder: Path, whole: Reference, elsewhere: str) -> None:
        self.plan, self.folder, self.whole = plan, folder, whole
        self.environment = {"TMPDIR": elsewhere, "SEQTASKS_CACHE": str(folder / "cache")}
        self.draw = random.Random(plan.seed)
        self.number, self.step = 0, 0
        self.rank: list[int] = []

    def run(self) -> str:
        """What went wrong, or ""."""
        for kill in range(1, self.plan.kills + 1):
            if wrong := self.end_once():
                return f"kill {kill} of {self.plan.kills}: {wrong}"
        training = self.begin()
        if not training.wait(PATIENCE):
            training.kill()
            return f"the resumed training hangs: {last_line(training.error)}"
        if training.code:
            return f"the resumed training fails: {training.code}, {last_line(training.error)}"
        return differences(self.whole.run, self.newest)

    @property
    def newest(self) -> Path:
        return self.folder / f"run-{self.number}"

    def begin(self, prelude: Any = lambda: None) -> Training:
        """Begin the training, or go on from the last checkpoint: in its folder or a new one."""
        last = self.last()
        options = list(self.plan.options)
        if not self.number or self.draw.random() < 0.3:
            self.number += 1
        elif last is None or self.newest not in last.parents:
            options.append("overwrite=true")  # what was begun there came to no checkpoint
        if last is not None:
            options.append(f"ckpt_path={last}")
        options.append(f"hydra.run.dir={self.newest}")
        return Training(
            options, self.folder, self.environment, forked=self.plan.forked, prelude=prelude
        )

    def last(self) -> Path | None:
        """The newest last checkpoint."""
        for number in range(self.number, 0, -1):
            path = self.folder / f"run-{number}" / "checkpoints" / "last.ckpt"
            if path.exists():
                return path
        return None

    def end_once(self) -> str:
        """End the training at a random moment, earlier where it was at its end by then."""
        at, number = self.draw.random(), self.draw.choice(SIGNALS)
        at_write = self.plan.forked and self.draw.random() < 0.6
        delay = self.draw.choice((0.0, 1e-4, 1e-3, 1e-2)) * self.draw.random()
        alone = self.plan.processes == 2 and self.draw.random() < 0.4
        state, numbers = self.draw.getstate(), self.number
        before = self.folder.with_name(f"{self.folder.name}-before")
        shutil.copytree(self.folder, before, symlinks=True)
        try:
            while True:
                if at_write:
                    write = 1 + int(at * self.whole.writes)
                    training = self.begin(ending_at(write, number, delay))
                    ended = training.wait(PATIENCE)
                else:
                    training = self.begin()
                    ended = training.wait(at * self.whole.seconds)
                    if not ended:
                        ended = self.signal(training, number, alone)
                if not ended:
                    left = training.ranks()
                    training.kill()
                    to = f" to process {self.rank}" if alone else ""
                    return (
                        f"{number.name} at {at:.3f}{to}: processes {left} hang: "
                        f"{last_line(training.error)!r}"
                    )
                if training.code != 0:
                    break
                shutil.rmtree(self.folder)  # it was done: once more, and earlier
                shutil.copytree(before, self.folder, symlinks=True)
                self.draw.setstate(state)
                self.number = numbers
                at *= 0.6
        finally:
            shutil.rmtree(before)
        moment = f"write {write}" if at_write else f"{at:.3f} of the time"
        if wrong := self.said(training, number, alone) or self.lost():
            return f"{number.name} at {moment}{' to one process' if alone else ''}: {wrong}"
        return ""

    def signal(self, training: Training, number: signal.Signals, alone: bool) -> bool:
        """Send a signal to all processes of a training, or one; whether all ended."""
        members = training.members()
        chosen = [self.draw.choice(members)] if alone and members else members
        self.rank = [rank(pid) for pid in chosen]
        for pid in chosen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if not training.wait(PATIENCE):
            return False
        until = time.monotonic() + PATIENCE
        while training.members():
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def said(self, training: Training, number: signal.Signals, alone: bool) -> str:
        """What is wrong with the end of a training that a signal ended."""
        if number is signal.SIGKILL:
            return ""
        if not self.newest.exists() and not training.error:
            return ""  # Python was hardly there
        if training.code != 1:
            return f"exit code {training.code} in place of 1"
        if "Traceback" in training.error:
            return f"a traceback: {last_line(training.error)}"
        if "interrupted" not in training.error:
            return f"it does not say that it was interrupted: {last_line(training.error)!r}"
        return ""

    def lost(self) -> str:
        """What is half written or gone after the training was ended."""
        if wrong := damaged(self.folder):
            return wrong
        last = self.last()
        step = checkpoint_step(last) if last else 0
        if step < self.step:
            return f"step {self.step} was saved, and the last checkpoint is of step {step}"
        self.step = step
        return ""
