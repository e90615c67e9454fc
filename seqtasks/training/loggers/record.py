"""What loggers are told of a run beside its scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pytorch_lightning.loggers import Logger


def run_name(task_name: str, folder: Path) -> str:
    """What a run is called in loggers: the name of the task, and the folder below it.

    >>> run_name("tagging", Path("/home/me/runs/tagging/2026-01-31_12-00-00/3"))
    'tagging/2026-01-31_12-00-00/3'
    >>> run_name("tagging", Path("mine"))
    'tagging/mine'
    """
    _, found, below = f"/{folder.as_posix()}".rpartition(f"/{task_name}/")
    return f"{task_name}/{below if found else folder.name}"


def log_config(loggers: Sequence[Logger], config: Mapping[str, Any]) -> None:
    """Tell loggers the whole configuration, as plain values."""
    for logger in loggers:
        logger.log_hyperparams(dict(config))


def log_bundle(loggers: Sequence[Logger], bundle: Path) -> None:
    """Tell loggers where the model is saved."""
    for logger in loggers:
        logger.log_hyperparams({"bundle": str(bundle.resolve())})
        logger.save()


@contextmanager
def ended(loggers: Sequence[Logger]) -> Iterator[None]:
    """End the runs of loggers that end none by themselves, whether the training fails or not."""
    failed = True
    try:
        yield
        failed = False
    finally:
        for logger in loggers:
            if (end := getattr(logger, "end", None)) is not None:
                end(failed)
