"""What Lightning and torch say of a training, as far as it fits here and in our words."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from pytorch_lightning.utilities.exceptions import MisconfigurationException

from seqtasks.errors import UsageError, raised_in

# Advice that does not fit here: a deprecated call inside Lightning 2.6, more worker processes for
# data that lies encoded in memory, more frequent logs for short trainings, an order for one batch,
# a loader that cannot resume within an epoch (the data module's can), checkpoints that are there
# already in the folder of a run that is resumed, a schedule that waits for the next validation, a
# process whose share of a split has nothing to score.
UNFITTING = (
    r".*isinstance\(treespec, LeafSpec\)",
    r"The '\w+_dataloader' does not have many workers",
    r"You requested to overfit but enabled \w+ dataloader shuffling",
    r"The number of training batches \(\d+\) is smaller than the logging interval",
    r"The ``compute`` method of metric \w+ was called before the ``update`` method",
    r"You're resuming from a checkpoint that ended before the epoch ended",
    r"Checkpoint directory .* exists and is not empty",
    r"ReduceLROnPlateau conditioned on metric .* strict",
)


def leave_out_advice() -> None:
    """Silence the advice that does not fit, from here on in this process."""
    for message in UNFITTING:
        warnings.filterwarnings("ignore", message=message)


@contextmanager
def unannounced() -> Iterator[None]:
    """Keep what Lightning tells of its own doings from the handlers of a program's log.

    The command line does so by the configuration of its log; a notebook has handlers of its own.
    """
    announcer = logging.getLogger("pytorch_lightning.utilities.rank_zero")
    level = announcer.level
    announcer.setLevel(logging.WARNING)
    try:
        yield
    finally:
        announcer.setLevel(level)


@contextmanager
def unadvised() -> Iterator[None]:
    """Silence what Lightning says of a device; the trainer says that in terms of options."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "You passed .* but AMP with fp16 is not supported on CPU")
        warnings.filterwarnings("ignore", "GPU available but not used")
        yield


@contextmanager
def understood(option: str | None = None) -> Iterator[None]:
    """Turn what torch or Lightning say of a setting that they cannot take into a `UsageError`.

    Args:
        option: the part of the configuration that they are given.
    """
    try:
        yield
    except (MisconfigurationException, TypeError, ValueError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UsageError(
            f"a setting cannot be used: {reason}; choose another value", option=option
        ) from error


@contextmanager
def fitting() -> Iterator[None]:
    """Turn what Lightning itself says of a setting while a model is fitted into a `UsageError`.

    An error that comes from elsewhere, as from a task, stays what it is.
    """
    try:
        yield
    except (MisconfigurationException, RuntimeError, ValueError) as error:
        if not raised_in(error, "pytorch_lightning"):
            raise
        reason = " ".join(str(error).split())
        raise UsageError(
            f"a setting cannot be used: {reason}; choose another value", option="trainer"
        ) from error
