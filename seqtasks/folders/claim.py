"""A folder becomes the folder of one run, or of one sweep, before anything is written there."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path

from seqtasks.cli.checked import check_value
from seqtasks.errors import SeqtasksError
from seqtasks.files.holding import LOCK, RUNNING, hold, let_go, was_held
from seqtasks.folders.contents import (
    RUN,
    Contents,
    clear,
    clear_leftovers,
    held_by,
    runs_of_a_sweep,
    strangers,
)

LAST = Path("checkpoints", "last.ckpt")
"""Where a run's last checkpoint is, in its folder."""


def claim(
    folder: Path,
    contents: Contents = RUN,
    *,
    from_clock: bool = False,
    overwrite: bool = False,
    checkpoint: str | None = None,
) -> Path:
    """Make a folder, or take one that nobody needs, and hold it (`seqtasks.files.holding`).

    Args:
        folder: made where it is missing.
        contents: what it is for; a sweep, or a search, goes on in the folder of
            one.
        from_clock: its name is the time; where it is there, one with a number behind is made.
        overwrite: remove what an older run or sweep has left there.
        checkpoint: that the run goes on from; one of the folder's own goes on with the folder.

    Returns:
        The folder.

    Raises:
        SeqtasksError: the folder is another run's, or holds other files where one writes.
        UsageError: an option is of another type.
        OSError: it cannot be made.
    """
    check_value("overwrite", overwrite, bool)
    check_value("ckpt_path", checkpoint, str | None)
    if from_clock:
        folder = first_free(folder)
    folder.mkdir(parents=True, exist_ok=True)
    resumed = held_by(folder) is contents is RUN and lies_in(folder, checkpoint)
    if not resumed and (paths := strangers(folder, contents)):
        raise foreign(folder, contents, paths)
    older = was_held(folder)
    if not hold(folder):
        raise busy(folder, contents)
    try:
        take_over(folder, contents, older, overwrite, checkpoint)
    except BaseException:
        let_go(folder)
        raise
    return folder


def first_free(folder: Path) -> Path:
    """Make a folder that nobody has made, with ``_2``, ``_3`` … behind its name if need be."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(1):
        place = folder if number == 1 else folder.with_name(f"{folder.name}_{number}")
        try:
            place.mkdir()
        except FileExistsError:
            continue
        return place
    raise AssertionError  # there are more numbers than folders


def lies_in(folder: Path, checkpoint: str | None) -> bool:
    """Whether a training goes on from a checkpoint in a folder."""
    return bool(checkpoint) and Path(checkpoint or "").resolve().is_relative_to(folder.resolve())


def take_over(
    folder: Path, contents: Contents, older: bool, overwrite: bool, checkpoint: str | None
) -> None:
    """Remove what was left in a held folder, unless somebody may want it (SeqtasksError).

    Without ``overwrite`` that is what killed processes had begun to write.
    """
    taken = held_by(folder)
    inside = lies_in(folder, checkpoint)
    if taken and inside and overwrite:
        raise SeqtasksError(
            f"it would remove `ckpt_path`={checkpoint}, which lies in {folder}; leave one of them "
            f"out, or name another folder: {contents.option}=PATH",
            option="overwrite",
        )
    resumed = taken is contents and (inside if contents is RUN else contents.resumed)
    if taken and not overwrite and not resumed:
        raise refused(folder, contents, taken)
    if overwrite and (taken or older):
        for inner in runs_of_a_sweep(folder):
            if not hold(inner):
                raise busy(inner, contents)
            clear(inner)
            let_go(inner)
            if os.listdir(inner) == [LOCK]:
                shutil.rmtree(inner)
        clear(folder)
    elif taken or older:
        clear_leftovers(folder)


def foreign(folder: Path, contents: Contents, paths: list[Path]) -> SeqtasksError:
    """What to say of a folder in which a run or sweep would write over what is somebody's."""
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return SeqtasksError(
        f"{paths[0]}{more} would be written over by this {contents.what}, and no {contents.what} "
        f"of this folder has left it; move it, or name another folder: {contents.option}=PATH"
    )


def refused(folder: Path, contents: Contents, taken: Contents) -> SeqtasksError:
    """What to say of a folder that holds what somebody may want."""
    last = folder / LAST
    resumed = f"resume it with ckpt_path={last}, " if taken is contents is RUN else ""
    return SeqtasksError(
        f"{folder} holds a {taken.what}; {resumed if last.is_file() else ''}replace it with "
        f"overwrite=true, or name another folder: {contents.option}=PATH"
    )


def busy(folder: Path, contents: Contents) -> SeqtasksError:
    """What to say of a folder that another process writes to."""
    mark = folder / RUNNING
    crashed = f" (on this disk without locks, after a crash, remove {mark})"
    return SeqtasksError(
        f"another run is under way in {folder}; wait until it has ended, or name another folder: "
        f"{contents.option}=PATH{crashed if mark.exists() else ''}"
    )
