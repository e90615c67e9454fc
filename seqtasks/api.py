"""Training from Python, a notebook say, in place of the command line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from hydra import compose as hydra_compose
from hydra import initialize_config_module
from omegaconf import DictConfig, OmegaConf, open_dict

from seqtasks.bundle import Bundle, load
from seqtasks.bundle.build import foreign_modules
from seqtasks.cli.checked import as_plain, check_config, check_value
from seqtasks.cli.exit_on_error import explain
from seqtasks.cli.quoting import quoted
from seqtasks.cli.typed import with_reader
from seqtasks.data.module import SequenceData
from seqtasks.files.holding import let_go
from seqtasks.folders.claim import claim
from seqtasks.presets.settling import settled
from seqtasks.run import make_data, run
from seqtasks.training.advice import unannounced
from seqtasks.training.launched import FOLDER, agreed
from seqtasks.training.trainer import disband, stay_together, wait_for_all


def compose(*options: str, config_dir: str | Path | None = None) -> DictConfig:
    """The configuration that ``python -m seqtasks OPTION …`` would run; it can be changed.

    Args:
        options: as on the command line: ``task=tagging``, ``encoder.hidden_size=64``.
        config_dir: a folder of your own choices, as ``--config-dir``.

    Raises:
        UsageError: there is no such option or choice.

    >>> compose("task=tagging", "encoder.cell=gru").encoder.cell
    'gru'
    """
    search = []
    if config_dir is not None:
        search = [f"hydra.searchpath=[file://{Path(config_dir).resolve()}]"]
    try:
        with initialize_config_module("seqtasks.conf", version_base="1.3"):
            words = with_reader([*search, *quoted(options)])
            config = hydra_compose("config", words, return_hydra_config=True)
            choices = config.hydra.runtime.choices
            with open_dict(config):
                del config["hydra"]
            if not isinstance(config.paths, DictConfig):
                check_value("paths", config.paths, dict)
            config = settled(config, choices, words, partial(hydra_compose, "config"))
    except Exception as error:
        known = explain(error, options)
        if known is None:
            raise
        raise known from error
    config.task_name = config.task_name or choices.task
    config.paths.run = f"runs/{config.task_name}/{datetime.now():%Y-%m-%d_%H-%M-%S}"
    return config


def prepare(config: DictConfig) -> SequenceData:
    """Read and encode the data of a configuration, so that every training finds it ready.

    Args:
        config: from `compose`.

    Raises:
        SeqtasksError: something that you can put right; it says what.
    """
    check_config(as_plain(config))
    data, _ = make_data(config)
    return data


def train(config: DictConfig, folder: str | Path | None = None) -> Bundle:
    """Train, test and save what a configuration says; the model, loaded from its bundle.

    Args:
        config: from `compose`; it stays as it is.
        folder: of the run; by default ``runs/TASK/TIME`` below the working folder, with a number
            behind where that is taken. One that is named holds no run yet, unless the option
            ``ckpt_path`` goes on with that run or ``overwrite=true`` removes it.

    Raises:
        SeqtasksError: something that you can put right; it says what.
    """
    plain: Any = OmegaConf.to_container(config)
    config = OmegaConf.create(plain)
    place = Path(config.paths.run)
    try:
        with unannounced(), own_folder(config, folder) as target:
            run(config, target, place.parent.name, command="seqtasks.train(config)")
            wait_for_all()  # for the one that writes the bundle
            stay_together()
    except Exception as error:
        known = explain(error, ())
        if known is None:
            raise
        raise known from error
    finally:
        disband()
    named = OmegaConf.to_container(config.task, resolve=True)  # with the encoder, which it shares
    return load(target / "bundle", trusted=foreign_modules(named))


@contextmanager
def own_folder(config: DictConfig, folder: str | Path | None) -> Iterator[Path]:
    """A folder of a run's own, in this process and in those that Lightning starts meanwhile."""
    named = Path(config.paths.run if folder is None else folder).absolute()

    def choose() -> Path:
        options = {"overwrite": config.get("overwrite"), "checkpoint": config.get("ckpt_path")}
        return claim(named, from_clock=folder is None, **options)

    place, _ = agreed(choose, named)
    os.environ[FOLDER] = str(place)
    try:
        yield place
    finally:
        os.environ.pop(FOLDER, None)
        let_go(place)
