"""One run from start to end: the only place that orders things."""

from __future__ import annotations

import functools
import math
import time
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.loggers import Logger

from seqtasks.baselines.budget import Budget
from seqtasks.bundle.build import foreign_modules
from seqtasks.cli.budgeted import check_budgeted
from seqtasks.cli.checked import as_plain, check_config
from seqtasks.cli.duration import seconds_of
from seqtasks.cli.parts import check_kind, make_part
from seqtasks.data import word_vectors as pretrained
from seqtasks.data.batching.rows import usual_rows
from seqtasks.data.module import SequenceData
from seqtasks.data.preparation.notes import one_process_speaks
from seqtasks.encoder.threads import AVAILABLE, step_size, threads_worth
from seqtasks.errors import UsageError, located
from seqtasks.evaluation.sentences import with_words
from seqtasks.files.space import told_space
from seqtasks.folders.latest import name_latest
from seqtasks.reporting import console as summary
from seqtasks.reporting.choices import show_choices
from seqtasks.reporting.config_tree import print_config
from seqtasks.reporting.holdings import told_size
from seqtasks.reporting.page import write_report
from seqtasks.reporting.run_folder import save_run, write_config
from seqtasks.reporting.terminal import Terminal
from seqtasks.sweep.tuning.trial import Trial
from seqtasks.task import Scores, Task
from seqtasks.training import checkpoint_file as checkpoint
from seqtasks.training.advice import fitting, leave_out_advice, unadvised, understood
from seqtasks.training.allocation import keep_memory
from seqtasks.training.averaging import WeightAverage
from seqtasks.training.batch_seed import BatchSeed
from seqtasks.training.checkpoints import chosen
from seqtasks.training.history import History, environment
from seqtasks.training.launched import check_size, is_first
from seqtasks.training.loggers.guarded import guarded
from seqtasks.training.loggers.record import ended, log_bundle, log_config, run_name
from seqtasks.training.optimized import optimized
from seqtasks.training.peak_memory import forget_peak, peak_memory
from seqtasks.training.profiling import profiler_in, profiles
from seqtasks.training.range_test import settled
from seqtasks.training.resuming import resumable
from seqtasks.training.salvage import salvaged
from seqtasks.training.time_budget import TimeBudget, budget_of
from seqtasks.training.trainer import build_trainer, followed
from seqtasks.training.trainer_options import check_trainer_options
from seqtasks.training.watching import outcome
from seqtasks.transfer import Transfer

leave_out_advice()

IMPORTED = time.perf_counter()
"""When Python had imported what a training needs."""

LOOKED_AT = 200
"""Test examples that the report looks at one by one, where time is not limited."""

EXAMPLES, LENGTH = 3, 500
"""Inputs of the test split that a bundle keeps, for whoever wants to try the model: how many, and
the most characters of each."""


@one_process_speaks()
def run(
    config: DictConfig,
    folder: Path,
    task_name: str,
    command: str | None = None,
    began: float | None = None,
    trial: Trial | None = None,
    share: int | None = None,
) -> dict[str, Any]:
    """Train, test, save and explain.

    Args:
        config: composed by Hydra.
        folder: of this run alone (`seqtasks.folders.claim`).
        task_name: the choice in the group ``task``; what names the run unless ``task_name`` does.
        command: how the run is begun, for the model card; None takes the command line.
        began: when a person began it, by `time.perf_counter`, from where ``budget`` counts; None
            for now.
        trial: of the search that the run belongs to; None: of none.
        share: the most threads of the processor that it takes by itself; None: all that torch has.

    Returns:
        What ``metrics.json`` holds; of a trial that trains, its `outcome`.

    Raises:
        SeqtasksError: something the user can put right; one line says what.
    """
    console = Terminal()
    say = functools.partial(console.print, markup=False, highlight=False, soft_wrap=True)
    check_config(as_plain(config))
    check_trainer_options(config.trainer)
    budget = make_budget(config, time.perf_counter() if began is None else began)
    complete(config, folder, task_name)
    forget_peak()
    pretrained.fill_embedding_dims(config.task)
    plain = as_plain(config)
    if is_first():
        write_config(folder, plain)
        if config.print_config:
            print_config(console, plain)
    keep_memory()
    pl.seed_everything(config.seed, verbose=False)

    ckpt_path, lr_finder = config.get("ckpt_path"), config.get("lr_finder")
    if trial is not None:
        ckpt_path = trial.checkpoint
    if not config.train:
        check_trained(config)
    if ckpt_path and lr_finder:
        raise UsageError(
            "it finds the rate that a training begins with, and `ckpt_path` goes on with one that "
            "has begun; leave one of them out: lr_finder=none",
            option="lr_finder",
        )

    if trial is None or not trial.number:
        show_choices(console, plain["preset"])
    with understood():
        data, transfer = make_data(config)
        if told := told_size(data.cache):
            say(told)
        factories = {key: make_part(config, key) for key in ("optimizer", "scheduler")}
        if config.transfer.layer_factor != 1:
            factories["layer_factor"] = config.transfer.layer_factor
        task = check_kind(make_part(config, "task")(data.vocabularies, **factories), Task, "task")
        with understood("trainer"):
            trainer = make_trainer(config, task)
        with located("trainer"):
            check_size(trainer.world_size)
    rows = usual_rows(data.batching, data.datasets["train"]) // trainer.world_size
    worth = threads_worth(step_size(task), rows, share or AVAILABLE)
    torch.set_num_threads(config.get("threads") or worth)
    callbacks: list[Any] = trainer.callbacks  # type: ignore[attr-defined]
    monitor, mode = optimized(task, config.get("optimized_metric"))
    callbacks[:0] = [*budget, *transfer.callbacks]
    if trial is not None:
        callbacks.insert(0, trial.callback(monitor))
    lines = [] if ckpt_path else task.prepare()
    with located("transfer"):
        lines += [said] if (said := transfer.fill(task, plain["task"])) else []
    for line in lines:
        say(line)
    if not config.train:
        written = checkpoint.check_model(ckpt_path, task)
    elif ckpt_path:
        averaged = any(isinstance(callback, WeightAverage) for callback in callbacks)
        checkpoint.check_checkpoint(ckpt_path, task, averaged, budgeted=bool(budget))
    task.fit_to_training_data(data)

    changes: dict[str, str] = {}  # of the options, for a resumed run
    with resumable(trainer, folder, changes), ended(trainer.loggers):
        if lr_finder:
            rate = find_rate(config, task, data, transfer)
            changes |= settled(rate)
            plain["optimizer"]["lr"] = rate
            if trainer.is_global_zero:
                write_config(folder, plain)
                found = f"a rate of {rate:g}, as with optimizer.lr={rate:g}"
                say(f"lr_finder: training begins at {found}")
        began = time.perf_counter()
        with fitting(), told_space(folder):
            log_config(trainer.loggers, plain)
            if config.train:
                trainer.fit(task, datamodule=data, ckpt_path=ckpt_path)
            else:
                task.load_state_dict(written["state_dict"])
                task.setup("test")
        seconds = time.perf_counter() - began
        results: dict[str, Any] = {
            "test": {},
            "baselines": {},
            "tested_on": data.test_split,
            "parameters": sum(p.numel() for p in task.parameters()),
            "epochs": round(budget[0].epochs, 1) if budget else trainer.current_epoch,
            "steps": trainer.global_step,
            "seconds": round(seconds, 2),
            **peak_memory(),
            "environment": environment(trainer),
            "history": [row for c in callbacks if isinstance(c, History) for row in c.rows],
        }
        came_to = outcome(callbacks, monitor, mode, results)
        if trial is not None and trial.checkpoint is None:
            return came_to
        results["optimized"] = {name: came_to[name] for name in ("monitor", "mode", "score")}
        if trial is not None:
            results |= trial.trained
        if not config.train:
            results |= checkpoint.training_of(written)
        save = functools.partial(
            save_run,
            task=task,
            data=data,
            config=plain,
            results=results,
            task_name=task_name,
            command=command,
        )
        foreign = foreign_modules(plain["task"])
        with salvaged(trainer, folder, save, foreign) as finish:
            add_scores(results, trainer, task, data, results["seconds"])
            if names := profiles(folder):
                results["profiles"] = names
            finish()
            log_bundle(trainer.loggers, folder / "bundle")
            if trainer.is_global_zero:
                looked_at = budget[0].examples if budget else LOOKED_AT
                if config.report:
                    write_report(folder, trusted=foreign, examples=looked_at * config.test)
                name_latest(folder)
                summary.explain_run(
                    console,
                    folder,
                    task,
                    data,
                    config.examples * config.test,
                    results,
                    foreign,
                    last=trial is None,
                )
    return results


def add_scores(
    results: dict[str, Any], trainer: pl.Trainer, task: Task, data: SequenceData, seconds: float
) -> None:
    """Add to the results what the tested model and the baselines come to, and a few inputs."""
    results["test"] = test(trainer, task, data)
    whole = budget_of(trainer)
    budget = Budget.beside(seconds, math.inf if whole is None else whole.baselines_end)
    if trainer.is_global_zero and results["test"]:
        results["baselines"] = task.baselines(data, budget)
    if budget.left_out:
        results["baselines_left_out"] = budget.left_out
    tested = results["test"]
    if tested and (report := with_words(task.report(), data.datasets[data.test_split])):
        results["report"] = report
    pairs = summary.pick_examples(data, task, EXAMPLES)
    results["examples"] = [summary.shortened(text, LENGTH) for _, text, _ in pairs if text.strip()]


def complete(config: DictConfig, folder: Path, task_name: str) -> None:
    """Put into a configuration what is known once its run begins."""
    config.paths.run = str(folder)
    config.task_name = config.task_name or task_name
    config.run_name = config.run_name or run_name(config.task_name, folder)
    if not config.test:
        config.trainer.limit_test_batches = 0


def check_trained(config: DictConfig) -> None:
    """Refuse to test alone where no model is named, or options of a training are (UsageError)."""
    if not config.ckpt_path:
        raise UsageError(
            "without a training there is a model to name: `ckpt_path`=runs/<task>/latest/"
            "checkpoints/best.ckpt",
            option="train",
        )
    if config.budget is not None:
        raise UsageError(
            "it plans a training; leave it out, or train: `train`=true", option="budget"
        )


def make_budget(config: DictConfig, began: float) -> list[TimeBudget]:
    """What lets the command end in the time that it is given; nothing where that is not limited."""
    if config.get("budget") is None:
        return []
    check_budgeted(config)
    starting = max(0.0, IMPORTED - began)  # before this run, of a sweep say: nothing
    return [
        TimeBudget(seconds_of(config.budget, "budget"), began, starting, LOOKED_AT * config.report)
    ]


def make_data(config: DictConfig) -> tuple[SequenceData, Transfer]:
    """The data, read and encoded, and what the training begins with."""
    data = check_kind(make_part(config, "data"), SequenceData, "data")
    transfer = check_kind(make_part(config, "transfer"), Transfer, "transfer")
    task: Any = OmegaConf.to_container(config.task, resolve=True)
    with located("transfer"):
        transfer.prepare(data, task)
    data.setup()
    return data, transfer


def make_trainer(config: DictConfig, task: Task) -> pl.Trainer:
    """The trainer with its callbacks and loggers; the task completes what waits for its score."""
    callbacks = []
    for name, options in (config.get("callbacks") or {}).items():
        if options is None:
            continue
        place = f"callbacks.{name}"
        callback: Any = make_part(config, place)
        if isinstance(callback, functools.partial):
            with located(place):
                callback = callback(**followed(task, options.get("monitor"), options.get("mode")))
        check_kind(callback, pl.Callback, place)
        callbacks.append(callback)
    loggers = []
    for name, options in (config.get("logger") or {}).items():
        if options:
            place = f"logger.{name}"
            logger = check_kind(make_part(config, place), Logger, place)  # type: ignore[type-abstract]
            loggers.append(guarded(logger, place))
    with located("trainer"):
        make = make_part(config, "trainer")
        return build_trainer(
            make,
            callbacks,
            loggers,
            seed=config.seed,
            precision=config.trainer.get("precision"),
            progress_bar=config.trainer.get("enable_progress_bar", True),
            checkpoints=config.trainer.get("enable_checkpointing", True),
            plugins=make.keywords.get("plugins"),
            profiler=profiler_in(Path(config.paths.run), make.keywords.get("profiler")),
        )


def find_rate(config: DictConfig, task: Task, data: SequenceData, transfer: Transfer) -> float:
    """Let the range test choose the learning rate, and the task begin with it."""
    callbacks = [BatchSeed(config.seed), *transfer.callbacks]
    with understood(), unadvised(), located("lr_finder"):
        finder = make_part(config, "lr_finder")
        rate: float = finder.find(task, data, make_part(config, "trainer"), callbacks)
    task.make_optimizer = functools.partial(task.make_optimizer, lr=rate)
    return rate


def test(trainer: pl.Trainer, task: Task, data: SequenceData) -> Scores:
    """The best checkpoint's scores on the test split, or those of the mean of some, by name."""
    kept: list[Any] = [c for c in trainer.checkpoint_callbacks if getattr(c, "monitor", None)]
    paths = [path for best in kept[:1] for path in chosen(best)]
    if paths:
        task.load_state_dict(checkpoint.mean_weights(paths))
    task.to(trainer.strategy.root_device)
    task.calibrate(data)
    with fitting():
        logged = trainer.test(task, datamodule=data, verbose=False)  # nothing of no batches
    return {name.removeprefix("test/"): value for row in logged for name, value in row.items()}
