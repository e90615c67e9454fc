"""Learning-rate schedules: one that torch does not have, and what each is told."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from seqtasks.errors import UsageError, check_rate, refused_as


def warmup_cosine(
    optimizer: Optimizer, *, total_steps: int, warmup: float = 0.05, floor: float = 0.0
) -> LambdaLR:
    """Rise linearly to the optimizer's rate, then fall to a floor along half a cosine.

    Loshchilov and Hutter 2017, equation 5, without restarts.

    Args:
        optimizer: whose learning rate is the top of the schedule.
        total_steps: steps of the whole training.
        warmup: share of the steps that rise, in [0, 1).
        floor: share of the top at which the schedule ends.

    Raises:
        UsageError: a share is out of range.
    """
    check_rate("warmup", warmup)
    if not 0 <= floor <= 1:
        raise UsageError(f"it is from 0 to 1, not {floor}", option="floor")
    rise = max(1, round(warmup * total_steps))

    def factor(step: int) -> float:
        if step < rise:
            return (step + 1) / rise
        done = min(1.0, (step - rise) / max(1, total_steps - rise))
        return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * done))

    return LambdaLR(optimizer, factor)


def scheduled(
    make: Callable[..., Any],
    optimizer: Optimizer,
    *,
    steps: Callable[[], float],
    monitor: str,
    mode: str,
    validated: int | None,
) -> dict[str, Any]:
    """A schedule as Lightning takes it.

    Args:
        make: makes the schedule from the optimizer. One that takes ``total_steps`` is told them and
            advances every step, others every epoch; one that takes ``mode`` is told that.
        optimizer: whose rate the schedule changes.
        steps: counts those of the whole training, infinite where no end is set; asked if needed.
        monitor: the score that a schedule may follow.
        mode: ``min`` or ``max``, whichever of the score is better.
        validated: every so many epochs, where a schedule that follows the score advances; 0 for
            never, None where the steps decide it.

    Raises:
        UsageError: the schedule has to know the steps, and they are infinite, or it follows the
            score, and there is none.
    """
    takes = inspect.signature(make).parameters
    told: dict[str, Any] = {}
    if "total_steps" in takes:
        count = steps()
        if count == math.inf:
            raise UsageError(
                "this schedule has to know when training ends: set trainer.max_epochs or "
                "trainer.max_steps, or scheduler=constant",
                option="scheduler",
            )
        told["total_steps"] = int(count)
    follows = "mode" in takes
    if follows:
        told["mode"] = mode
        if validated == 0:
            raise UsageError(
                f"this schedule follows {monitor}, which nothing computes where "
                "trainer.limit_val_batches is 0; validate, or set scheduler=constant",
                option="scheduler",
            )
    with refused_as("scheduler"):
        schedule = make(optimizer, **told)
    return {
        "scheduler": schedule,
        "interval": "step" if "total_steps" in takes else "epoch",
        "frequency": (follows and validated) or 1,
        "monitor": monitor,
        "strict": False,  # before the first validation there is no score
    }
