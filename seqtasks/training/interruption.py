"""A training that a signal ends stops between two steps."""

from __future__ import annotations

import functools
import signal
import threading
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.plugins.environments import LightningEnvironment, SLURMEnvironment
from pytorch_lightning.trainer.states import TrainerFn

from seqtasks.cli.signals import ENDING


class Interruption(pl.Callback):
    """Ends a training between two steps at a signal that ends a command; a second does not wait.

    Processes that Lightning started agree on the step; those of other launchers are left to them.
    """

    asked = False

    def __init__(self) -> None:
        self.before: dict[signal.Signals, Any] = {}

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        launched = getattr(trainer.strategy, "cluster_environment", None)
        if trainer.world_size > 1 and not isinstance(launched, LightningEnvironment):
            return
        if threading.current_thread() is threading.main_thread():
            for number in ENDING:
                if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
                    asks = functools.partial(self.ask, trainer)
                    self.before[number] = signal.signal(number, asks)

    def ask(self, trainer: pl.Trainer, number: int, frame: Any) -> None:
        """Ask for the end of training."""
        self.restore()
        self.asked = True
        if trainer.world_size == 1 and not trainer.fit_loop._should_accumulate():
            end(trainer)

    def agree(self, trainer: pl.Trainer) -> None:
        """End all processes if one was asked to; all of them have come to the same place."""
        joined = self.before or self.asked
        if joined and trainer.strategy.reduce_boolean_decision(self.asked, all=False):
            end(trainer)

    def on_train_batch_end(self, trainer: pl.Trainer, *_: Any) -> None:
        if not trainer.fit_loop._should_accumulate() and not validation_is_due(trainer):
            self.agree(trainer)

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if trainer.state.fn == TrainerFn.FITTING and not trainer.fit_loop._should_accumulate():
            self.agree(trainer)

    def restore(self, *_: Any, **__: Any) -> None:
        """Give the signals back."""
        for number, handler in self.before.items():
            signal.signal(number, handler)
        self.before = {}

    on_train_end = on_exception = restore


def end(trainer: pl.Trainer) -> None:
    """Let Lightning stop where the step, or the batch of a validation, is complete."""
    trainer._signal_connector.received_sigterm = True


def leave_signals(trainer: pl.Trainer) -> None:
    """Let a trainer take no signals itself, unless a SLURM job is to be queued again.

    At SIGTERM Lightning waits for the other processes in the middle of whatever they do.
    """
    connector = trainer._signal_connector

    def register() -> None:  # what is given back in the end: meanwhile Ctrl-C may be ignored
        connector._original_handlers = connector._get_current_signal_handlers()

    if not isinstance(trainer._accelerator_connector.cluster_environment, SLURMEnvironment):
        connector.register_signal_handlers = register  # type: ignore[method-assign]


def validation_is_due(trainer: pl.Trainer) -> bool:
    """Whether a validation follows the step just done; False where the clock decides it."""
    fetcher = trainer.fit_loop._data_fetcher
    if fetcher is None or getattr(trainer, "_val_check_time_interval", None) is not None:
        return False
    return trainer.fit_loop.epoch_loop._should_check_val_fx(fetcher)
