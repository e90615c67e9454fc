"""What a training that ends too soon leaves behind: a checkpoint, and the command to go on."""

from __future__ import annotations

import re
import shlex
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytorch_lightning as pl

from seqtasks.cli.quoting import in_quotes
from seqtasks.data.batching.loader import batches_done
from seqtasks.errors import Interrupted, SeqtasksError
from seqtasks.files.space import FullDisk
from seqtasks.training.checkpoint_file import newest_whole
from seqtasks.training.children import end_others, others_failed


@contextmanager
def resumable(trainer: pl.Trainer, folder: Path, changes: Mapping[str, str]) -> Iterator[None]:
    """Say of a training that a signal or a full disk ends how to resume it.

    Args:
        trainer: of the training.
        folder: of the run.
        changes: option → value, told in place of the command's own; they may be completed while the
            training runs.

    Raises:
        Interrupted: a signal came.
        SeqtasksError: a disk is full, or another process has failed.
    """
    try:
        yield
    except BaseException as error:
        if not trainer.is_global_zero:
            if isinstance(error, RuntimeError):  # of a connection: the first process may be gone,
                time.sleep(2)  # and this one ends with it, without a word
            raise
        failed = others_failed(trainer, error)
        end_others(trainer)
        if failed:
            raise SeqtasksError(
                "another process of this training has failed, as the lines above say; correct "
                "that, and begin again"
            ) from error
        if isinstance(error, FullDisk):
            raise full(trainer, folder, changes, error) from error
        if not isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        path = kept_checkpoint(trainer, folder)
        if path is None:
            raise Interrupted("interrupted before the first checkpoint; begin again") from error
        raise Interrupted(
            f"interrupted after {done(trainer)}; to go on: {command(path, changes)}"
        ) from error


def full(
    trainer: pl.Trainer, folder: Path, changes: Mapping[str, str], error: FullDisk
) -> SeqtasksError:
    """What is said of a disk that is full: also how to go on, if a checkpoint is kept."""
    path = error.saved or kept_checkpoint(trainer, folder)
    if path is None:
        return error
    return SeqtasksError(
        f"{error.folder}: no space is left on this disk; training ended after {done(trainer)}, "
        f"and {path} is kept; make room, and go on: "
        f"{command(path, changes, elsewhere=path == error.saved)}"
    )


def kept_checkpoint(trainer: pl.Trainer, folder: Path) -> Path | None:
    """The checkpoint that a training is resumed from, whole; None before there is one."""
    named = (getattr(callback, "dirpath", None) for callback in trainer.checkpoint_callbacks)
    return newest_whole({folder / "checkpoints", *(Path(place) for place in named if place)})


def done(trainer: pl.Trainer) -> str:
    """How far a training has come, in words."""
    epochs = f"{trainer.current_epoch} epochs"
    if batches := batches_done(trainer):
        return f"{epochs} and {batches} of {trainer.num_training_batches} batches"
    return epochs


def command(path: Path, changes: Mapping[str, str], elsewhere: bool = False) -> str:
    """The command that goes on from a checkpoint, made of this process's own.

    From one that lies elsewhere, and not in the run's folder, it goes on in a new folder.
    """
    left_out = ("overwrite=", "hydra.run.dir=") if elsewhere else ("overwrite=",)
    given = [word for word in sys.argv[1:] if not _compared(word).startswith(left_out)]
    value = str(path) if re.fullmatch(r"[\w./:+-]+", str(path), re.ASCII) else in_quotes(str(path))
    return shlex.join(
        ["python", "-m", "seqtasks", *changed(given, {**changes, "ckpt_path": value})]
    )


def changed(arguments: Sequence[str], options: Mapping[str, str]) -> list[str]:
    """A command line with other values of some options; what lies below them goes.

    >>> changed(["lr_finder=range_test", "+lr_finder.steps=50", "seed=2"], {"lr_finder": "none"})
    ['seed=2', 'lr_finder=none']
    """
    given = tuple(f"{name}{sign}" for name in options for sign in "=.")
    kept = [word for word in arguments if not _compared(word).startswith(given)]
    return [*kept, *(f"{name}={value}" for name, value in options.items())]


def _compared(argument: str) -> str:
    """An argument without the signs by which Hydra adds an option, or takes it away.

    >>> _compared("++overwrite=true"), _compared("~lr_finder")
    ('overwrite=true=', 'lr_finder=')
    """
    return f"{argument.lstrip('+~')}="
