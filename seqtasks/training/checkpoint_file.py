"""Checkpoints of a training: whether they are whole, what they hold."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
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
        SeqtasksError: as of `check_model`, or it holds averaged weights and training does not
            average, one of the two has a budget of time and the other has none, or it trains other
            parameters.
    """
    content = check_model(path, task)
    history = content.get("callbacks", {}).get("History", {})
    if history and "losses" not in history:
        raise misfit(
            path, "was written by an older seqtasks; go on with that version, or begin again"
        )
    if "averaging" in content and not averaged:
        raise misfit(
            path, "holds averaged weights; resume with the callbacks=… of the run that wrote it"
        )
    if ("TimeBudget" in content.get("callbacks", {})) != budgeted:
        had = "without a budget" if budgeted else "with a budget"
        fix = "resume with the options of the run that wrote it"
        raise misfit(path, f"is of a training {had}; {fix}")
    trained = task.parameter_groups()
    groups = trained if trained and isinstance(trained[0], dict) else [{"params": trained}]
    counts = [len(group["params"]) for group in groups]
    for kept in content.get("optimizer_states", []):
        if [len(group["params"]) for group in kept["param_groups"]] != counts:
            fix = "resume with the optimizer and transfer options of the run that wrote it"
            raise misfit(path, f"has trained other parameters, or in other groups; {fix}")


def check_model(path: str | Path, task: Task) -> dict[str, Any]:
    """What a checkpoint holds, if its weights are those of a task.

    Raises:
        SeqtasksError: there is no such file, it is no checkpoint or a damaged one, or its model has
            other sizes.
    """
    if not Path(path).is_file():
        raise misfit(path, "is no file; checkpoints lie in runs/<task>/<run>/checkpoints")
    try:
        content = read(path)
    except SeqtasksError as error:
        error.option = "ckpt_path"
        raise
    there = {name: tuple(value.shape) for name, value in content["state_dict"].items()}
    here = {name: tuple(value.shape) for name, value in task.state_dict().items()}
    for name in sorted(here.keys() | there.keys()):
        if here.get(name) != there.get(name):
            sizes = f"{there.get(name, 'missing')} there and {here.get(name, 'missing')} here"
            fix = "resume with the options and data of the run that wrote it"
            raise misfit(path, f"is of another model: {name} is {sizes}; {fix}")
    return content


def misfit(path: str | Path, reason: str) -> SeqtasksError:
    """What is said of a checkpoint that does not fit."""
    return SeqtasksError(f"{path} {reason}", option="ckpt_path")


def training_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """What the training that wrote a checkpoint had come to, as in ``metrics.json``."""
    rows = content.get("callbacks", {}).get("History", {}).get("rows", [])
    return {
        "epochs": rows[-1]["epoch"] if rows else content["epoch"],
        "steps": content["global_step"],
        "seconds": round(sum(row["seconds"] for row in rows), 2),
        "history": rows,
    }


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
    """The mean of the weights in at least one checkpoint: name → tensor of the weight's shape.

    Types are those of the first, and so is what is no floating number. The errors are those of
    `read`.
    """
    first, *others = (read(path)["state_dict"] for path in paths)
    mean = dict(first)
    for name, value in first.items():
        if value.is_floating_point() and others:
            values = torch.stack([value, *(other[name] for other in others)])
            mean[name] = values.double().mean(dim=0).to(value.dtype)
    return mean
