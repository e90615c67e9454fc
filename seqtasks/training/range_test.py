"""A learning rate found by a short training in which it rises (Smith 2017, section 3.3)."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytorch_lightning as pl
from numpy.typing import NDArray
from pytorch_lightning.utilities.seed import isolate_rng
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from seqtasks.data.module import SequenceData
from seqtasks.errors import SeqtasksError, UsageError, check_least
from seqtasks.task import Task

REACH = 5
"""Steps on each side over which the loss is averaged, so that the average does not lag behind."""

DIVERGED = 4.0
"""Times the first loss, above which a test ends."""


class LossCurve(pl.Callback):
    """Follows the loss from step to step, and ends the training once it diverges.

    Attributes:
        losses: what each step minimised, over all its batches and processes.
    """

    def __init__(self) -> None:
        self.losses: list[float] = []

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: Any, *_: Any) -> None:
        if trainer.fit_loop._should_accumulate():
            return
        self.losses.append(float(pl_module.whole_step.objective))
        if not self.losses[-1] <= DIVERGED * self.losses[0]:
            trainer.should_stop = True


class RangeTest:
    """Trains a copy of the task while the rate rises exponentially, and looks at the loss.

    Everything else is as in the training that follows: batches, optimizer, clipping, precision,
    frozen parts. The task, the order of its batches and the random numbers stay as they were.

    Args:
        lowest: the rate of the first step, above 0.
        highest: the rate of the last step, unless the loss diverges before.
        steps: of the optimizer, at least 10.
        share: of the rate at which the loss is lowest, the one to begin with; above 0, at most 1.

    Raises:
        UsageError: an option is out of range.
    """

    def __init__(
        self, lowest: float = 1e-6, highest: float = 1.0, steps: int = 100, share: float = 0.1
    ) -> None:
        if not 0 < lowest < highest:
            raise UsageError(
                f"it is above 0 and below {highest}, the `highest`, not {lowest}", option="lowest"
            )
        check_least("steps", steps, 10)
        if not 0 < share <= 1:
            raise UsageError(f"it is above 0 and at most 1, not {share}", option="share")
        self.lowest, self.highest, self.steps, self.share = lowest, highest, steps, share

    def find(
        self,
        task: Task,
        data: SequenceData,
        trainer: Callable[..., pl.Trainer],
        callbacks: Sequence[pl.Callback],
    ) -> float:
        """The rate to begin with, two digits of it, for a task that is ready and stays unchanged.

        ``trainer`` makes the trainer from the options that differ from its configuration, and the
        callbacks are what else belongs to a step of training.

        Raises:
            SeqtasksError: the loss falls at no rate, or is still falling at the highest.
        """
        trial = copy.deepcopy(task)
        trial.make_optimizer = functools.partial(task.make_optimizer, lr=1.0)
        trial.make_scheduler = functools.partial(rise, lowest=self.lowest, highest=self.highest)
        curve = LossCurve()
        never = ("logger", "enable_checkpointing", "enable_progress_bar", "fast_dev_run")
        alone = {
            "callbacks": [*callbacks, curve],
            "max_epochs": -1,
            "max_steps": self.steps,
            "limit_val_batches": 0,
            **dict.fromkeys(never, False),
            **dict.fromkeys(
                ("val_check_interval", "min_epochs", "min_steps", "max_time", "profiler")
            ),
        }
        with isolate_rng():
            trainer(**alone).fit(trial, datamodule=data)
        return self.choose(curve.losses)

    def choose(self, losses: Sequence[float]) -> float:
        """The rate to begin with, from the loss of each step.

        The loss of a step is that before its change of the weights: a rate shows in the next loss.

        >>> test = RangeTest(1e-4, 1.0, steps=41)
        >>> test.choose([2.0] * 20 + [1.0] * 11 + [8.0])
        0.0025
        """
        rate = functools.partial(
            exponential, steps=self.steps, lowest=self.lowest, highest=self.highest
        )
        averages = smoothed_losses(losses)
        best = int(np.nanargmin(averages)) if np.isfinite(averages).any() else 0
        tried = f"from {self.lowest:g} to {rate(len(losses) - 1):.2g}"
        if best == 0:
            raise SeqtasksError(
                f"the loss falls at no rate {tried}; lower it, or set optimizer.lr yourself with "
                "lr_finder=none",
                option="lowest",
            )
        if best == len(losses) - 1:
            raise SeqtasksError(
                f"the loss still falls at the highest rate {tried}; raise it", option="highest"
            )
        return float(f"{self.share * rate(best - 1):.1e}")


def settled(rate: float) -> dict[str, str]:
    """The options by which a resumed run begins with a rate that was found.

    >>> settled(0.02)
    {'lr_finder': 'none', 'optimizer.lr': '0.02'}
    """
    return {"lr_finder": "none", "optimizer.lr": f"{rate:g}"}


def smoothed_losses(losses: Sequence[float]) -> NDArray[np.float64]:
    """(steps,) the mean of each loss and its neighbours, as many before as after it.

    >>> smoothed_losses([4.0, 1.0, 1.0, 4.0]).tolist()
    [4.0, 2.0, 2.0, 4.0]
    """
    count = len(losses)
    reach = [min(REACH, step, count - 1 - step) for step in range(count)]
    return np.array([np.mean(losses[n - r : n + r + 1]) for n, r in enumerate(reach)])


def exponential(step: int, steps: int, lowest: float, highest: float) -> float:
    """A rate that rises by the same factor in each of some steps, and then stays.

    >>> exponential(0, 3, 0.01, 1.0), exponential(1, 3, 0.01, 1.0), exponential(9, 3, 0.01, 1.0)
    (0.01, 0.1, 1.0)
    """
    return lowest * (highest / lowest) ** min(1.0, step / (steps - 1))


def rise(optimizer: Optimizer, *, total_steps: int, lowest: float, highest: float) -> LambdaLR:
    """The schedule of a range test, for an optimizer whose own rate is 1."""
    return LambdaLR(optimizer, lambda step: exponential(step, total_steps, lowest, highest))
