"""Checkpoints of an unfinished training."""

from __future__ import annotations

from pathlib import Path

import torch

from seqtasks.errors import SeqtasksError
from seqtasks.task import Task


def check(path: str | Path, task: Task, averaged: bool = False) -> None:
    """Refuse a checkpoint that does not fit, before training begins.

    Args:
        path: the checkpoint.
        task: the model that is to go on.
        averaged: whether training averages weights.

    Raises:
        SeqtasksError: there is no such file, it is no checkpoint, its model has other sizes, it
            holds averaged weights and training does not average, or it trains other parameters.
    """
    path = Path(path)
    if not path.is_file():
        raise SeqtasksError(
            f"ckpt_path: there is no file {path}; checkpoints lie in runs/<task>/<run>/checkpoints"
        )
    try:
        content = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        there = {name: tuple(value.shape) for name, value in content["state_dict"].items()}
    except Exception as error:  # torch.load raises many kinds, pickle's among them
        reason = str(error).splitlines()[0]
        raise SeqtasksError(f"ckpt_path: {path} is not a checkpoint: {reason}") from error
    if "averaging" in content and not averaged:
        raise SeqtasksError(
            f"ckpt_path: {path} holds averaged weights; resume with the callbacks=… of the run "
            "that wrote it"
        )
    here = {name: tuple(value.shape) for name, value in task.state_dict().items()}
    for name in sorted(here.keys() | there.keys()):
        if here.get(name) != there.get(name):
            raise SeqtasksError(
                f"ckpt_path: {path} is of another model: {name} is {there.get(name, 'missing')} "
                f"there and {here.get(name, 'missing')} here; resume with the options and data of "
                "the run that wrote it"
            )
    trained = task.trained()
    groups = trained if trained and isinstance(trained[0], dict) else [{"params": trained}]
    for kept in content.get("optimizer_states", []):
        if [len(g["params"]) for g in kept["param_groups"]] != [len(g["params"]) for g in groups]:
            raise SeqtasksError(
                f"ckpt_path: the run that wrote {path} trained other parameters, or in other "
                "groups; resume with its optimizer and transfer options"
            )
