"""A training that ends when a time is over, with what follows it."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.trainer.states import TrainerFn

from seqtasks.cli.duration import in_words, typed
from seqtasks.errors import UsageError
from seqtasks.optim.pace import Pace
from seqtasks.training.measured import EACH, Measured, Sizes
from seqtasks.training.rehearsal import rehearse, tested
from seqtasks.training.time_plan import Plan, planned

NEVER = sys.maxsize
"""A batch that no epoch comes to."""

BASELINES, LATEST = 0.02, 1.03
"""The share of the budget that is kept for baselines, and where in it they end at the latest."""

ENDING = 0.3
"""What saving, the report and leaving Python take, in the time that Python's imports took."""

LEAST = 0.05
"""The share of the budget that training has to be left."""

FEWEST = 20
"""Test examples that the report looks at in any case."""


class TimeBudget(pl.Callback):
    """Plans a training so that the whole command ends when its time is over.

    The seconds that a step takes are measured, and the steps that are left follow from them, again
    and again. The learning-rate schedule, where it depends on the number of steps, is stretched
    over them by the share of the training that is done (`Pace`). Validations come by the time that
    they take, at ends of epochs if epochs are short, and the last one when training ends. The first
    of several processes decides, and the others hear it.

    Args:
        seconds: of the whole command.
        began: when it began, by the clock.
        starting: the seconds of its imports.
        report: how many test examples the report looks at one by one, if there is time.
        clock: gives the time in seconds.

    Attributes:
        pace: the share that is done, which the task is told.
        due: the step of the last validation, and of the checkpoints beside it.
        epochs: how many there were until that step.

    Raises:
        UsageError: reading the data, validation, the test and saving leave training no time, or a
            training whose schedule is at its end is given a longer one.
    """

    def __init__(
        self,
        seconds: float,
        began: float,
        starting: float = 0.0,
        report: int = 0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.seconds, self.began, self.clock = seconds, began, clock
        self.starting, self.report = starting, report
        self.pace, self.measured = Pace(), Measured()
        self.plan: Plan | None = None
        self.looking = 0.0  # seconds of the report at a test example
        self.resumed = 0.0  # seconds of the budget that a resumed training had before
        self.mark: tuple[int, float] | None = None  # of the last look: the step and the time
        self.paused: float | None = None  # since when the training waits for a validation
        self.look = self.due = self.before = 0
        self.epochs = 0.0
        self.most = math.inf
        self.told = False

    @property
    def used(self) -> float:
        """The seconds since the command began; those of one that is resumed count too."""
        return self.clock() - self.began

    @property
    def baselines_end(self) -> float:
        """When the baselines end at the latest, by the clock."""
        return self.began + LATEST * self.seconds - ENDING * self.starting

    @property
    def examples(self) -> int:
        """How many test examples the report has time to look at, once the test is over."""
        left = self.seconds - self.used - ENDING * self.starting
        return max(FEWEST, min(self.report, int(left / max(self.looking, 1e-6))))

    def on_test_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self.testing = self.clock()

    def on_test_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        seconds, examples = self.clock() - self.testing, len(data.datasets[data.test_split])
        self.looking = EACH * seconds / max(examples, 1)

    def setup(self, trainer: pl.Trainer, pl_module: Any, stage: str) -> None:
        if stage == TrainerFn.FITTING:
            pl_module.pace = self.pace

    def on_fit_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Leave a training that is resumed when its time is over."""
        over = self.pace.left <= 0
        if over:
            check_longer(self.resumed, self.seconds)
        trainer.should_stop = trainer.strategy.broadcast(over)

    def on_train_start(self, trainer: pl.Trainer, pl_module: Any) -> None:
        steps = trainer.estimated_stepping_batches
        self.most = steps if steps >= 0 else math.inf
        self.sizes = sizes_of(trainer, pl_module, self.report)
        self.before, self.look = trainer.global_step, trainer.global_step + 1
        resumed_there = 0 < self.due == trainer.global_step
        place = trainer.fit_loop.batch_idx + 1
        trainer.val_check_batch = max(place, 1) if resumed_there else NEVER

    def on_train_batch_start(self, *_: Any) -> None:
        """Take the time of a validation that is over out of the training's."""
        if self.paused is not None:
            seconds = self.measured.validation = self.clock() - self.paused
            if self.mark is not None:
                self.mark = (self.mark[0], self.mark[1] + seconds)
            self.paused = None
            self.look = 0

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: Any, *_: Any) -> None:
        loop, step = trainer.fit_loop, trainer.global_step
        trainer.val_check_batch = NEVER
        if loop._should_accumulate():
            return
        self.pace.step()
        for entry in trainer.lr_scheduler_configs:
            if entry.interval == "step":
                self.pace.advance(entry.scheduler)
        if step >= self.look:
            self.replan(trainer)
        left = min(self.pace.left, self.most - step)
        if left > 0 and not (
            self.plan and self.plan.validates(left, step - self.due, missing(trainer))
        ):
            return
        self.pause(trainer)
        trainer.val_check_batch = loop.batch_idx + 1
        if left <= 0:
            self.pace.left = 0
            trainer.should_stop = True

    def pause(self, trainer: pl.Trainer) -> None:
        """Let the training wait for the validation that follows the step."""
        self.due, self.paused = trainer.global_step, self.clock()
        part = (trainer.fit_loop.batch_idx + 1) / trainer.num_training_batches
        self.epochs = trainer.current_epoch + (part if missing(trainer) else 1)

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self.validating = self.clock()
        if not trainer.sanity_checking and self.paused is None:  # Lightning's own
            self.pause(trainer)

    def on_validation_end(self, trainer: pl.Trainer, pl_module: Any) -> None:
        if trainer.sanity_checking:  # of a few batches, the first ones
            return
        seconds, batches = self.clock() - self.validating, sum(trainer.num_val_batches)
        self.measured.evaluation = seconds / max(batches, 1)
        if not trainer.should_stop:
            self.measured.test = rehearse(trainer, pl_module, self.clock)

    def replan(self, trainer: pl.Trainer) -> None:
        """Look at the clock, and count the steps that are left."""
        step, now = trainer.global_step, self.clock()
        if self.mark is None:  # the first step takes longer than others
            self.mark, self.look = (step, now), step + 1
            return
        self.measured.speed.add(step - self.mark[0], now - self.mark[1])
        self.mark = (step, now)
        saving = BASELINES * self.seconds + ENDING * self.starting
        costs = self.measured.costs(self.sizes, saving)
        left = self.seconds - self.used
        plan = planned(self.seconds, left, costs, step - self.before, self.most - step)
        used, needed = self.used, costs.after + costs.validation
        plan, used, needed = trainer.strategy.broadcast((plan, used, needed))
        if self.plan is None and not self.before:
            check_room(self.seconds, used, needed)
        self.plan, self.pace.left, self.look = plan, plan.left, step + plan.look
        if not self.told and self.measured.speed.seconds >= min(5.0, self.seconds / 30):
            self.told = True
            if trainer.is_global_zero:
                print(self.line(trainer), flush=True)

    def line(self, trainer: pl.Trainer) -> str:
        """What is planned, for a person."""
        second = 1 / self.measured.speed.seconds_of_a_step
        parts = trainer.accumulate_grad_batches
        of_epoch = trainer.num_training_batches / parts
        total = trainer.global_step + self.pace.left
        sizes = trainer.datamodule.datasets["train"].sizes()  # type: ignore[attr-defined]
        length, speed = f"{total:,.0f} steps", f"{second:,.1f} steps"
        if math.isfinite(of_epoch):
            epochs = total / math.ceil(of_epoch)
            length = f"{epochs:,.0f} epochs" if epochs >= 10 else f"{epochs:.1f} epochs"
            if sizes:
                loader: Any = trainer.train_dataloader
                every = len(loader)  # also those that a limit leaves out
                speed = f"{second * parts * int(sizes[0].sum()) / every:,.0f} tokens"
        return f"budget: {in_words(self.seconds)}, about {length} at {speed} a second"

    def state_dict(self) -> dict[str, Any]:
        return {
            "used": self.used,
            "seconds": self.seconds,
            "due": [self.due, self.epochs],
            "pace": [self.pace.share, self.pace.left],
            "costs": self.measured.state(),
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on with the time that a training has used before it ended."""
        self.began -= state_dict["used"]
        self.resumed = state_dict["seconds"]
        self.due, self.epochs = state_dict["due"]
        self.pace.share, self.pace.left = state_dict["pace"]
        self.measured.resume(state_dict["costs"])


def budget_of(trainer: pl.Trainer) -> TimeBudget | None:
    """The budget of a training; None where it has none."""
    callbacks: list[Any] = trainer.callbacks  # type: ignore[attr-defined]
    return next((one for one in callbacks if isinstance(one, TimeBudget)), None)


def sizes_of(trainer: pl.Trainer, task: Any, looked_at: int) -> Sizes:
    """How much there is to do beside training, with some test examples for the report."""
    data: Any = trainer.datamodule  # type: ignore[attr-defined]
    passes = task.calibration_passes
    return Sizes(
        sum(trainer.num_val_batches) if trainer.enable_validation else 0,
        passes * len(data.loader("val")) if passes else 0,
        *tested(trainer),
        looked_at,
        trainer.accumulate_grad_batches,
    )


def missing(trainer: pl.Trainer) -> float:
    """The steps of the optimizer that are missing of the epoch; 0 where it ends here."""
    loop = trainer.fit_loop
    if loop.epoch_loop._num_ready_batches_reached():
        return 0
    batches = trainer.num_training_batches - loop.batch_idx - 1
    return batches / trainer.accumulate_grad_batches


def check_room(seconds: float, used: float, needed: float) -> None:
    """Refuse a budget of which all that is not training leaves nothing (UsageError).

    Args:
        seconds: of the budget.
        used: of them, before and by the first steps.
        needed: once training ends.
    """
    if used + needed > (1 - LEAST) * seconds:
        raise UsageError(
            f"{in_words(used)} have gone until training began, and it takes about "
            f"{in_words(needed)} to validate, test and save; give at least "
            f"{typed(2 * (used + needed))}",
            option="budget",
        )


def check_longer(before: float, seconds: float) -> None:
    """Refuse more time for a training that has come to the end of its schedule (UsageError)."""
    if seconds > before:
        raise UsageError(
            f"the training has come to the end of its {in_words(before)}, and its learning rate "
            "with them; give no more than that, or begin a new one with its weights: "
            "`transfer.model`=BUNDLE",
            option="budget",
        )
