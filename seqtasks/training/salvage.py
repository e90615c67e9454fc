"""A trained model is saved, whatever happens to what follows its training."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytorch_lightning as pl

from seqtasks.cli.exit_on_error import warn
from seqtasks.errors import Interrupted, SeqtasksError
from seqtasks.files.space import FullDisk, elsewhere, told_space
from seqtasks.training.children import end_others


@contextmanager
def salvaged(
    trainer: pl.Trainer,
    folder: Path,
    write: Callable[[Path], object],
    trusted: Sequence[str] = (),
) -> Iterator[Callable[[], None]]:
    """Save a trained model if what follows its training fails or is interrupted.

    The error then says where the model is, and how to go on.

    Args:
        trainer: that trained it; the first of several processes saves.
        folder: of the run.
        write: writes the bundle, and the scores so far, into a folder.
        trusted: the user's own modules, which whoever opens the bundle has to name.

    Yields:
        The function that saves the model when it has its scores. Where the disk of the run is full
        it saves the model elsewhere, and raises what says so.

    Raises:
        Interrupted: a signal came; the model is saved.
        FullDisk: the model can be saved nowhere.
        SeqtasksError: a disk was full, and the model is saved.
    """
    place: Path | None = None

    def save() -> None:
        nonlocal place
        if not trainer.is_global_zero:
            return
        place = written(folder, write)
        if place != folder:
            raise SeqtasksError(f"{folder}: no space is left on this disk; make room there")

    try:
        with told_space(folder):
            yield save
    except BaseException as error:
        if not trainer.is_global_zero:
            raise
        end_others(trainer)
        verb = "evaluate" if place is None else "report"
        place = place or written(folder, write)
        trust = [word for module in trusted for word in ("--trust", module)]
        about = {"evaluate": place / "bundle", "report": place}[verb]
        said = f"the model is trained and saved in {place / 'bundle'}; to go on: "
        said += shlex.join(["python", "-m", f"seqtasks.{verb}", str(about), *trust])
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise Interrupted(f"interrupted; {said}") from error
        if isinstance(error, FullDisk):
            raise SeqtasksError(f"{error.message}; {said}") from error
        if isinstance(error, SeqtasksError):
            error.message = f"{error.message}; {said}"
        else:
            warn(said)
        raise


def written(folder: Path, write: Callable[[Path], object]) -> Path:
    """Write into a folder, or where there is room if its disk is full (FullDisk: nowhere)."""
    try:
        with told_space(folder):
            write(folder)
    except FullDisk:
        place = elsewhere(folder.name, write)
        if place is None:
            raise
        return place
    return folder
