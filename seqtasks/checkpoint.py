"""Checkpoints of an unfinished training."""

from __future__ import annotations

from pathlib import Path

import torch

from seqtasks.errors import SeqtasksError
from seqtasks.task import Task


def check(path: str | Path, task: Task) -> int:
    """Refuse a checkpoint that does not fit, before training begins.

    Returns:
        The number of the epoch to go on with, counted from 0.

    Raises:
        SeqtasksError: there is no such file, it is no checkpoint, or its model has other sizes.
    """
    path = Path(path)
    if not path.is_file():
        raise SeqtasksError(
            f"ckpt_path: there is no file {path}; checkpoints lie in runs/<task>/<run>/checkpoints"
        )
    try:
        content = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        there = {name: tuple(value.shape) for name, value in content["state_dict"].items()}
        epoch = int(content["epoch"])
    except Exception as error:  # torch.load raises many kinds, pickle's among them
        reason = str(error).splitlines()[0]
        raise SeqtasksError(f"ckpt_path: {path} is not a checkpoint: {reason}") from error
    here = {name: tuple(value.shape) for name, value in task.state_dict().items()}
    for name in sorted(here.keys() | there.keys()):
        if here.get(name) != there.get(name):
            raise SeqtasksError(
                f"ckpt_path: {path} is of another model: {name} is {there.get(name, 'missing')} "
                f"there and {here.get(name, 'missing')} here; resume with the options and data of "
                "the run that wrote it"
            )
    return epoch + 1
