"""What a training that a signal ends leaves behind: a checkpoint, and the command to go on."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytorch_lightning as pl

from seqtasks.data.batching.loader import batches_done
from seqtasks.errors import Interrupted


@contextmanager
def resumable(trainer: pl.Trainer, folder: Path, changes: Mapping[str, str]) -> Iterator[None]:
    """Turn an interruption of a run into `Interrupted`, which says how to resume.

    A resumed run is told the ``changes``, option → value, in place of the command's own; they may
    be completed while the training runs.
    """
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as error:
        if not trainer.is_global_zero:
            raise
        kept = [folder / "checkpoints" / f"{name}.ckpt" for name in ("last", "best")]
        kept = [path for path in kept if path.is_file()]
        if not kept:
            raise Interrupted("interrupted before the first checkpoint; begin again") from error
        given = [word for word in sys.argv[1:] if not word.startswith("overwrite=")]
        options = changed(given, {**changes, "ckpt_path": quoted(str(kept[0]))})
        command = " ".join(shlex.quote(option) for option in options)
        done = f"{trainer.current_epoch} epochs"
        if batches := batches_done(trainer):
            done += f" and {batches} of {trainer.num_training_batches} batches"
        raise Interrupted(
            f"interrupted after {done}; to go on: python -m seqtasks {command}"
        ) from error


def changed(arguments: Sequence[str], options: Mapping[str, str]) -> list[str]:
    """A command line with other values of some options; what lies below them goes.

    >>> changed(["lr_finder=range_test", "lr_finder.steps=50", "seed=2"], {"lr_finder": "none"})
    ['seed=2', 'lr_finder=none']
    """
    given = tuple(f"{name}{sign}" for name in options for sign in "=.")
    kept = [word for word in arguments if not word.startswith(given)]
    return [*kept, *(f"{name}={value}" for name, value in options.items())]


def quoted(path: str) -> str:
    """A path as a value for Hydra: in quotes if it holds more than plain characters.

    >>> quoted("runs/a.ckpt"), quoted("my runs/a=b.ckpt")
    ('runs/a.ckpt', "'my runs/a=b.ckpt'")
    """
    return path if re.fullmatch(r"[\w./:+-]+", path) else f"'{path}'"
