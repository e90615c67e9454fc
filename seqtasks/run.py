"""One run from start to end: the only place that orders things."""

from __future__ import annotations

import functools
import json
import shlex
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
import yaml
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.accelerators import CUDAAccelerator
from pytorch_lightning.utilities.exceptions import MisconfigurationException
from rich.console import Console

from seqtasks import bundle
from seqtasks.bundle.build import foreign_modules
from seqtasks.data import word_vectors as pretrained
from seqtasks.data.module import SequenceData
from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.reporting import console as summary
from seqtasks.reporting.model_card import card
from seqtasks.reporting.report import write_report
from seqtasks.task import Scores, Task
from seqtasks.training import checkpoint_file as checkpoint
from seqtasks.training.averaging import WeightAverage
from seqtasks.training.batch_seed import BatchSeed
from seqtasks.training.checkpoints import chosen
from seqtasks.training.history import EpochLines, History, environment
from seqtasks.training.interruption import Interruption
from seqtasks.training.range_test import RangeTest
from seqtasks.training.resuming import resumable
from seqtasks.transfer import Transfer

# Advice that does not fit here: a deprecated call inside Lightning 2.6, more worker processes for
# data that lies encoded in memory, more frequent logs for short trainings, an order for one batch,
# a loader that cannot resume within an epoch (the data module's can).
for message in (
    r".*isinstance\(treespec, LeafSpec\)",
    r"The '\w+_dataloader' does not have many workers",
    r"You requested to overfit but enabled \w+ dataloader shuffling",
    r"The number of training batches \(\d+\) is smaller than the logging interval",
    r"You're resuming from a checkpoint that ended before the epoch ended",
):
    warnings.filterwarnings("ignore", message=message)


EXAMPLES = 3
"""Inputs of the test split that a bundle keeps, for whoever wants to try the model."""


def run(
    config: DictConfig, folder: Path, task_name: str, command: str | None = None
) -> dict[str, Any]:
    """Train, test, save and explain.

    Args:
        config: composed by Hydra.
        folder: the run folder, new and writable.
        task_name: the choice in the group ``task``.
        command: how the run is begun, for the model card; None takes the command line.

    Returns:
        What ``metrics.json`` holds.

    Raises:
        SeqtasksError: something the user can put right; one line says what.
    """
    console = Console(soft_wrap=False)
    config.paths.run = str(folder)
    pretrained.settle(config.task)
    plain: dict[str, Any] = OmegaConf.to_container(config, resolve=True)  # type: ignore[assignment]
    _write(folder / "config.yaml", yaml.safe_dump(plain, sort_keys=False, allow_unicode=True))
    if config.threads:
        torch.set_num_threads(config.threads)
    pl.seed_everything(config.seed, verbose=False)

    if config.ckpt_path and config.lr_finder:
        raise UsageError(
            "lr_finder finds the rate that a training begins with, and ckpt_path goes on with one "
            "that has begun; leave one of them out: lr_finder=none"
        )

    with understood():
        data: SequenceData = instantiate(config.data)
        transfer: Transfer = instantiate(config.transfer)
        transfer.prepare(data, plain["task"])
        data.setup()
        factories = {key: instantiate(config[key]) for key in ("optimizer", "scheduler")}
        if config.transfer.layer_factor != 1:
            factories["layer_factor"] = config.transfer.layer_factor
        task: Task = instantiate(config.task)(data.vocabularies, **factories)
        trainer = make_trainer(config, task)
    callbacks: list[Any] = trainer.callbacks  # type: ignore[attr-defined]
    callbacks[:0] = transfer.callbacks
    lines = [] if config.ckpt_path else task.prepare()
    lines += [said] if (said := transfer.fill(task, plain["task"])) else []
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if config.ckpt_path:
        averaged = any(isinstance(callback, WeightAverage) for callback in callbacks)
        checkpoint.check(config.ckpt_path, task, averaged)
    task.fit_to_training_data(data)
    baselines = task.baselines(data)

    with resumable(trainer, folder, lambda: settled(config)):
        if config.lr_finder:
            line = find_rate(config, task, data, transfer)
            if trainer.is_global_zero:
                console.print(line, markup=False, highlight=False, soft_wrap=True)
            plain["optimizer"]["lr"] = config.optimizer.lr
            _write(
                folder / "config.yaml", yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)
            )
        began = time.perf_counter()
        trainer.fit(task, datamodule=data, ckpt_path=config.ckpt_path)
        seconds = time.perf_counter() - began
        scores = test(trainer, task, data)

    results = {
        "test": scores,
        "baselines": baselines,
        "tested_on": data.test_split,
        "parameters": sum(p.numel() for p in task.parameters()),
        "epochs": trainer.current_epoch,
        "steps": trainer.global_step,
        "seconds": round(seconds, 2),
        "environment": environment(trainer),
        "history": [row for c in callbacks if isinstance(c, History) for row in c.rows],
    }
    if report := task.report():
        results["report"] = report
    pairs = summary.pick_examples(data, task, EXAMPLES)
    results["examples"] = [summary.shortened(text) for _, text, _ in pairs if text.strip()]
    if trainer.is_global_zero:
        save(folder, task, data, plain, results, task_name, command or command_line())
        foreign = foreign_modules(plain["task"])
        if config.report:
            write_report(folder, trusted=foreign, examples=200)
        summary.explain(console, folder, task, data, config.examples, results, foreign)
    return results


def disband() -> None:
    """Part from the processes that trained together, so that another run can have its own."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


def make_trainer(config: DictConfig, task: Task) -> pl.Trainer:
    """The trainer with its callbacks and loggers; the task completes what waits for its score."""
    callbacks: list[Any] = [BatchSeed(config.seed), Interruption(), History()]
    for options in (config.callbacks or {}).values():
        if options is not None:
            callback = instantiate(options)
            if isinstance(callback, functools.partial):
                callback = callback(**followed(task, callback.keywords))
            callbacks.append(callback)
    if sys.stdout.isatty() and config.trainer.enable_progress_bar:
        callbacks.append(pl.callbacks.RichProgressBar())
    else:
        config.trainer.enable_progress_bar = False
        callbacks.append(EpochLines())
    loggers = [instantiate(options) for options in (config.logger or {}).values() if options]
    if not loggers:
        callbacks = [c for c in callbacks if not isinstance(c, pl.callbacks.LearningRateMonitor)]
    with unadvised():
        made: pl.Trainer = instantiate(config.trainer)(callbacks=callbacks, logger=loggers or False)
    narrow = str(config.trainer.precision).startswith("16")
    if narrow and made.strategy.root_device.type == "cpu":
        raise UsageError(
            f"trainer.precision={config.trainer.precision}: 16-bit floats (fp16) train on a GPU "
            "alone; on a CPU set trainer.precision=bf16-mixed, or null for 32 bits"
        )
    idle = made.strategy.root_device.type == "cpu" and CUDAAccelerator.is_available()
    if idle and made.is_global_zero:
        print("There is a GPU here; trainer=gpu trains on it.", flush=True)
    return made


def find_rate(config: DictConfig, task: Task, data: SequenceData, transfer: Transfer) -> str:
    """Let the range test choose the learning rate; the line that says it."""
    finder: RangeTest = instantiate(config.lr_finder)
    callbacks = [BatchSeed(config.seed), *transfer.callbacks]
    with understood(), unadvised():
        rate = finder.find(task, data, instantiate(config.trainer), callbacks)
    OmegaConf.update(config, "optimizer.lr", rate)
    task.make_optimizer = instantiate(config.optimizer)
    return f"lr_finder: training begins at a rate of {rate:g}, as with optimizer.lr={rate:g}"


def settled(config: DictConfig) -> dict[str, str]:
    """The options by which a resumed run has the rate that was found."""
    rate = f"{config.optimizer.lr:g}"
    return {"lr_finder": "none", "optimizer.lr": rate} if config.lr_finder else {}


def followed(task: Task, options: Mapping[str, Any]) -> dict[str, Any]:
    """The score that a callback follows: the one it names, else the task's own.

    Raises:
        UsageError: it names a score without saying whether less or more is better.
    """
    monitor, mode = options.get("monitor"), options.get("mode")
    if monitor is None:
        return {"monitor": task.monitor, "mode": task.mode}
    if mode not in ("min", "max"):
        raise UsageError(
            f"a callback with monitor={monitor} needs mode=min (less is better) or mode=max, "
            f"not {mode}"
        )
    return {"monitor": monitor, "mode": mode}


@contextmanager
def unadvised() -> Iterator[None]:
    """Without what Lightning says of a device, which `make_trainer` says in terms of options."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "You passed .* but AMP with fp16 is not supported on CPU")
        warnings.filterwarnings("ignore", "GPU available but not used")
        yield


@contextmanager
def understood() -> Iterator[None]:
    """Turn what torch or Lightning say of a setting that they cannot take into bad usage."""
    try:
        yield
    except (MisconfigurationException, TypeError, ValueError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UsageError(f"a setting cannot be used: {reason}") from error


def test(trainer: pl.Trainer, task: Task, data: SequenceData) -> Scores:
    """The best checkpoint's scores on the test split, or those of the mean of some, by name."""
    kept: list[Any] = [c for c in trainer.checkpoint_callbacks if getattr(c, "monitor", None)]
    paths = [path for best in kept[:1] for path in chosen(best)]
    if paths:
        task.load_state_dict(checkpoint.mean_weights(paths))
    task.to(trainer.strategy.root_device)
    task.calibrate(data)
    [logged] = trainer.test(task, datamodule=data, verbose=False)
    return {name.removeprefix("test/"): value for name, value in logged.items()}


def save(
    folder: Path,
    task: Task,
    data: SequenceData,
    plain: dict[str, Any],
    results: dict[str, Any],
    task_name: str,
    command: str,
) -> None:
    """Write the bundle and the run's scores, and let ``latest`` name the run."""
    config = {
        "task": plain["task"],
        "fields": {name: plain["data"][name] for name in data.fields},
        "data": plain["data"],
        "seed": plain["seed"],
        "command": command,
    }
    text = card(task_name, task.pipeline, config, results, command)
    bundle.save(folder / "bundle", task, config, data.fields, results, text)
    _write(folder / "metrics.json", json.dumps(results, indent=2))
    latest = folder.parent / "latest"
    try:
        if latest.is_symlink() or latest.is_file():
            latest.unlink()
        latest.symlink_to(folder.name, target_is_directory=True)
    except OSError:  # a file system without links
        if not latest.is_dir():
            _write(latest, folder.name)


def command_line() -> str:
    """The command that this process was begun with."""
    return shlex.join(["python", "-m", "seqtasks", *sys.argv[1:]])


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SeqtasksError(
            f"cannot write {path}: {error.strerror}; choose another folder: hydra.run.dir=PATH"
        ) from error
