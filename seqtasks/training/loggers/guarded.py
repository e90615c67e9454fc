"""A logger that fails ends no training."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pytorch_lightning.loggers import CSVLogger, Logger, TensorBoardLogger
from pytorch_lightning.loggers.logger import DummyExperiment

from seqtasks.cli.exit_on_error import warn
from seqtasks.errors import first_line

FILES = (CSVLogger, TensorBoardLogger)
"""Loggers that write to the run folder alone: what they fail on, the checkpoints fail on too."""


class Guarded(Logger):
    """Hands everything to a logger until that fails, as without a login or a network.

    One line then says why, and nothing more is logged there.

    Args:
        logger: of a service.
        place: where it stands in the configuration, such as ``logger.wandb``.
    """

    failed = False

    def __init__(self, logger: Any, place: str) -> None:
        super().__init__()
        self.logger, self.place = logger, place

    def attempt(self, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """What a call gives; None once the logger has failed."""
        if self.failed:
            return None
        try:
            return call(*arguments, **options)
        except Exception as error:  # of a library, a login, a network, a server
            self.failed = True
            reason = first_line(error) or type(error).__name__
            warn(f"{self.place} has failed; the training goes on without it: {reason}")
            return None

    @property
    def experiment(self) -> Any:
        """What the logger logs to; once it has failed, something that takes every call."""
        return self.attempt(lambda: self.logger.experiment) or DummyExperiment()

    @property
    def name(self) -> Any:
        return self.attempt(lambda: self.logger.name)

    @property
    def version(self) -> Any:
        return self.attempt(lambda: self.logger.version)

    @property
    def save_dir(self) -> Any:
        return self.attempt(lambda: self.logger.save_dir)

    def log_metrics(self, *arguments: Any, **options: Any) -> None:
        self.attempt(self.logger.log_metrics, *arguments, **options)

    def log_hyperparams(self, *arguments: Any, **options: Any) -> None:
        self.attempt(self.logger.log_hyperparams, *arguments, **options)

    def log_graph(self, *arguments: Any, **options: Any) -> None:
        self.attempt(self.logger.log_graph, *arguments, **options)

    def save(self) -> None:
        self.attempt(self.logger.save)

    def after_save_checkpoint(self, checkpoint_callback: Any) -> None:
        self.attempt(self.logger.after_save_checkpoint, checkpoint_callback)

    def finalize(self, status: str) -> None:
        self.attempt(self.logger.finalize, status)

    def __getattr__(self, name: str) -> Any:
        """What a logger has of its own, such as ``log_image`` and ``watch``."""
        if name.startswith("__") or "logger" not in self.__dict__:
            raise AttributeError(name)
        found = getattr(self.logger, name)
        return partial(self.attempt, found) if callable(found) else found


def guarded(logger: Logger, place: str) -> Logger:
    """A logger that ends no training: one of `FILES` as it is, any other `Guarded`."""
    return logger if isinstance(logger, FILES) else Guarded(logger, place)
