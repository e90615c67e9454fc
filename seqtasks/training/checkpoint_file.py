"""Checkpoints of a training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from seqtasks.errors import SeqtasksError, first_line
from seqtasks.task import Task


def check_checkpoint(path: str | Path, task: Task, averaged: bool = False) -> None:
    """Refuse a checkpoint that does not fit a task, or a training that averages weights or not.

    Raises:
        SeqtasksError: there is no such file, it is no checkpoint, its model has other sizes, it
            holds averaged weights and training does not average, or it trains other parameters.
    """

    def misfit(reason: str) -> SeqtasksError:
        return SeqtasksError(f"{path} {reason}", option="ckpt_path")

    if not Path(path).is_file():
        raise misfit("is no file; checkpoints lie in runs/<task>/<run>/checkpoints")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        there = {name: tuple(value.shape) for name, value in content["state_dict"].items()}
    except Exception as error:  # torch.load raises many kinds, pickle's among them
        raise misfit(f"is not a checkpoint: {first_line(error)}") from error
    if "averaging" in content and not averaged:
        raise misfit("holds averaged weights; resume with the callbacks=… of the run that wrote it")
    here = {name: tuple(value.shape) for name, value in task.state_dict().items()}
    for name in sorted(here.keys() | there.keys()):
        if here.get(name) != there.get(name):
            sizes = f"{there.get(name, 'missing')} there and {here.get(name, 'missing')} here"
            fix = "resume with the options and data of the run that wrote it"
            raise misfit(f"is of another model: {name} is {sizes}; {fix}")
    trained = task.parameter_groups()
    groups = trained if trained and isinstance(trained[0], dict) else [{"params": trained}]
    counts = [len(group["params"]) for group in groups]
    for kept in content.get("optimizer_states", []):
        if [len(group["params"]) for group in kept["param_groups"]] != counts:
            fix = "resume with the optimizer and transfer options of the run that wrote it"
            raise misfit(f"has trained other parameters, or in other groups; {fix}")


def mean_weights(paths: Sequence[str | Path]) -> dict[str, Tensor]:
    """The mean of the weights in at least one checkpoint: name → tensor, in the first one's types.

    What is no floating number is that of the first.
    """
    first, *others = (
        torch.load(path, map_location="cpu", weights_only=True)["state_dict"] for path in paths
    )
    mean = dict(first)
    for name, value in first.items():
        if value.is_floating_point() and others:
            values = torch.stack([value, *(other[name] for other in others)])
            mean[name] = values.double().mean(dim=0).to(value.dtype)
    return mean
