"""Checkpoints of a training: whether they are whole, what they hold."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from seqtasks.errors import SeqtasksError, first_line
from seqtasks.task import Task


def check_checkpoint(
    path: str | Path, task: Task, averaged: bool = False, budgeted: bool = False
) -> None:
    """Refuse a checkpoint that does not fit a task, or a training that averages weights or not.

    Raises:
        SeqtasksError: there is no such file, it is no checkpoint or a damaged one, its model has
            other sizes, it holds averaged weights and training does not average, one of the two has
            a budget of time and the other has none, or it trains other parameters.
    """

    def misfit(reason: str) -> SeqtasksError:
        return SeqtasksError(f"{path} {reason}", option="ckpt_path")

    if not Path(path).is_file():
        raise misfit("is no file; checkpoints lie in runs/<task>/<run>/checkpoints")
    try:
        content = read(path)
    except SeqtasksError as error:
        error.option = "ckpt_path"
        raise
    there = {name: tuple(value.shape) for name, value in content["state_dict"].items()}
    history = content.get("callbacks", {}).get("History", {})
    if history and "losses" not in history:
        raise misfit("was written by an older seqtasks; go on with that version, or begin again")
    if "averaging" in content and not averaged:
        raise misfit("holds averaged weights; resume with the callbacks=… of the run that wrote it")
    if ("TimeBudget" in content.get("callbacks", {})) != budgeted:
        had = "without a budget" if budgeted else "with a budget"
        raise misfit(f"is of a training {had}; resume with the options of the run that wrote it")
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


def read(path: str | Path) -> dict[str, Any]:
    """What a checkpoint holds, on the CPU, after every byte of it was compared with its checksums.

    torch.load compares none: of a damaged file it gives other numbers.

    Raises:
        SeqtasksError: it is damaged; the newest whole one beside it is named.
    """
    try:
        check_sums(path)
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        _ = content["state_dict"].items()
    except Exception as error:  # torch.load raises many kinds, pickle's among them
        other = newest_whole([Path(path).parent], but=Path(path))
        fix = "there is no whole one beside it; begin again"
        if other is not None:
            fix = f"the newest whole one beside it is {other}; go on from that"
        reason = f"{path} is not a checkpoint, or it is damaged: {first_line(error)}"
        raise SeqtasksError(f"{reason}; {fix}") from error
    return content


def check_sums(path: str | Path) -> None:
    """Compare a checkpoint with the checksums in it (ValueError, OSError, BadZipFile)."""
    with zipfile.ZipFile(path) as archive:
        if (name := archive.testzip()) is not None:
            raise ValueError(f"the checksum of {name} differs")


def newest_whole(folders: Iterable[Path], but: Path | None = None) -> Path | None:
    """The checkpoint to go on from in some folders: ``last.ckpt`` if it is whole, else the newest.

    Args:
        folders: where they lie; those that are not there hold none.
        but: one that is left out.
    """
    found = {path for folder in folders for path in folder.glob("*.ckpt") if path.is_file()}
    found -= {but} if but is not None else set()
    for path in sorted(found, key=lambda one: (one.stem == "last", one.stat().st_mtime_ns))[::-1]:
        with suppress(Exception):  # zipfile raises many kinds for what is no archive
            check_sums(path)
            return path
    return None


def mean_weights(paths: Sequence[str | Path]) -> dict[str, Tensor]:
    """The mean of the weights in at least one checkpoint: name → tensor, in the first one's types.

    What is no floating number is that of the first. The errors are those of `read`.
    """
    first, *others = (read(path)["state_dict"] for path in paths)
    mean = dict(first)
    for name, value in first.items():
        if value.is_floating_point() and others:
            values = torch.stack([value, *(other[name] for other in others)])
            mean[name] = values.double().mean(dim=0).to(value.dtype)
    return mean
