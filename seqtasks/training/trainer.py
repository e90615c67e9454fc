"""Lightning's trainer, as every training here has it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.loggers import Logger
from pytorch_lightning.profilers import Profiler

from seqtasks.errors import UsageError
from seqtasks.task import Task
from seqtasks.training.advice import unadvised
from seqtasks.training.batch_seed import BatchSeed
from seqtasks.training.checkpoint_writing import with_whole_checkpoints
from seqtasks.training.history import EpochLines, History
from seqtasks.training.interruption import Interruption, leave_signals
from seqtasks.training.progress_bar import ProgressBar
from seqtasks.training.validation_steps import BetweenSteps


def build_trainer(
    make: Callable[..., pl.Trainer],
    callbacks: Sequence[pl.Callback],
    loggers: Sequence[Logger],
    *,
    seed: int,
    precision: str | int | None,
    progress_bar: bool,
    checkpoints: bool = True,
    plugins: Any = None,
    profiler: Profiler | None = None,
) -> pl.Trainer:
    """The trainer with the callbacks that every training needs before those that are chosen.

    Args:
        make: makes the trainer from ``callbacks``, ``logger``, ``enable_checkpointing``,
            ``enable_progress_bar``, ``plugins`` and ``profiler``.
        callbacks: those that are chosen.
        loggers: where scores are logged; without any, learning rates are not followed either.
        seed: of the random numbers of each batch.
        precision: as it is given; Lightning replaces one that the device has not.
        progress_bar: show one where the output is a terminal; else each epoch prints a line.
        checkpoints: write those that callbacks ask for; else such callbacks are left out.
        plugins: of the trainer; one of them may write its checkpoints.
        profiler: measures how long each part takes.

    Raises:
        UsageError: the precision is 16-bit floats and the device a CPU.
    """
    progress_bar = progress_bar and sys.stdout.isatty()
    shown = ProgressBar() if progress_bar else EpochLines()
    every = [BatchSeed(seed), BetweenSteps(), Interruption(), History(), *callbacks, shown]
    if not checkpoints:
        every = [c for c in every if not isinstance(c, pl.callbacks.Checkpoint)]
    if not loggers:
        every = [c for c in every if not isinstance(c, pl.callbacks.LearningRateMonitor)]
    with unadvised():
        trainer = make(
            callbacks=every,
            logger=list(loggers) or False,
            # Without any that is chosen, Lightning would write one of its own.
            enable_checkpointing=any(isinstance(c, pl.callbacks.Checkpoint) for c in every),
            enable_progress_bar=progress_bar,
            plugins=with_whole_checkpoints(plugins),
            profiler=profiler,
        )
    leave_signals(trainer)
    on_cpu = trainer.strategy.root_device.type == "cpu"
    if on_cpu and str(precision).startswith("16"):
        raise UsageError(
            f"16-bit floats (fp16) train on a GPU alone, not {precision}; on a CPU set bf16-mixed",
            option="precision",
        )
    return trainer


def followed(task: Task, monitor: str | None, mode: str | None) -> dict[str, str]:
    """The score that a callback follows: the one it names, else the task's own.

    Raises:
        UsageError: it names a score without saying whether less or more is better.
    """
    if monitor is None:
        return {"monitor": task.monitor, "mode": task.mode}
    if mode not in ("min", "max"):
        raise UsageError(
            f"with `monitor`={monitor} it is min (less is better) or max, not {mode}", option="mode"
        )
    return {"monitor": monitor, "mode": mode}


def wait_for_all() -> None:
    """Wait until all processes that train together have come here."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.barrier()


def stay_together() -> None:
    """Let the processes of a script find each other for its next training.

    Lightning takes away the variable that says how many they are.
    """
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        os.environ["WORLD_SIZE"] = str(torch.distributed.get_world_size())


def disband() -> None:
    """Part from the processes that trained together, so that another run can have its own."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()
