"""The training of a search: it ends when nothing is to be expected of it, or with the time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.trainer.states import TrainerFn


class Watch(pl.Callback):
    """Ends a training early, between two steps, with all that a training leaves.

    Args:
        monitor: the score that is told.
        hopeless: told the number of a validation, from 0, and its score; whether to end here. The
            first of several processes asks it.
        until: the time, in seconds since 1970, at which training ends with a last validation.

    Attributes:
        ended: why it has ended the training: ``pruned``, ``cut`` or the empty string.
    """

    def __init__(
        self, monitor: str, hopeless: Callable[[int, float], bool], until: float = math.inf
    ) -> None:
        self.monitor, self.hopeless, self.until = monitor, hopeless, until
        self.validations, self.ended = 0, ""

    def on_train_batch_end(self, trainer: pl.Trainer, *_: Any) -> None:
        if self.until < math.inf and not trainer.fit_loop._should_accumulate():
            self.end(trainer, time.time() > self.until, "cut")

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        score = trainer.callback_metrics.get(self.monitor)
        if trainer.state.fn != TrainerFn.FITTING or trainer.sanity_checking or score is None:
            return
        first = trainer.is_global_zero
        self.end(trainer, first and self.hopeless(self.validations, float(score)), "pruned")
        self.validations += 1

    def end(self, trainer: pl.Trainer, due: bool, why: str) -> None:
        """End the training in all processes if it is due in one."""
        if trainer.world_size > 1:
            due = trainer.strategy.reduce_boolean_decision(due, all=False)
        if due and not self.ended:
            self.ended = why
            stop(trainer)


class TrainedAlready(pl.Callback):
    """Lets a training that is taken up from its checkpoint end there, without another step."""

    def on_fit_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        stop(trainer)

    def on_fit_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        epochs: Any = trainer.fit_loop.epoch_progress.current
        epochs.completed = epochs.processed  # a checkpoint is written just before


def stop(trainer: pl.Trainer) -> None:
    """Let a trainer stop where it is, however many epochs or steps are the least."""
    trainer.should_stop = True
    trainer.fit_loop.min_epochs = 0
    trainer.fit_loop.epoch_loop.min_steps = None


def outcome(
    callbacks: Sequence[Any], monitor: str, mode: str, results: Mapping[str, Any]
) -> dict[str, Any]:
    """What a training came to.

    Args:
        callbacks: of its trainer.
        monitor: the score that runs are compared by.
        mode: ``min`` or ``max``, whichever is better.
        results: as in ``metrics.json``.

    Returns:
        ``scores`` of the validations in their order, the ``score`` of the weights that are kept,
        why it ``ended`` early, if so, ``monitor``, ``mode``, and what it ``trained``.
    """
    rows = [row for row in results["history"] if monitor in row]
    keepers = [c for c in callbacks if isinstance(c, ModelCheckpoint) and c.monitor]
    by, way = (str(keepers[0].monitor), keepers[0].mode) if keepers else (monitor, mode)
    scored = [row for row in rows if not math.isnan(row.get(by, math.nan))]
    best = min(scored, key=lambda row: row[by] if way == "min" else -row[by], default=None)
    return {
        "scores": [row[monitor] for row in rows],
        "score": None if best is None else best[monitor],
        "ended": next((c.ended for c in callbacks if isinstance(c, Watch)), ""),
        "monitor": monitor,
        "mode": mode,
        "trained": {name: results[name] for name in ("epochs", "seconds")},
    }
