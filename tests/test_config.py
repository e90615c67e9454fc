"""The configuration groups against the code they describe."""

from __future__ import annotations

import inspect

import pytest
import pytorch_lightning as pl
import yaml
from hydra import compose, initialize_config_module
from hydra.utils import get_object
from omegaconf import OmegaConf
from small import ROOT

GROUPS = (
    "data",
    "encoder",
    "optimizer",
    "scheduler",
    "trainer",
    "callbacks",
    "logger",
    "task",
    "transfer",
    "lr_finder",
)
CHOICES = [
    f"{group}={path.stem}"
    for group in (*GROUPS, "experiment", "debug", "sweep")
    for path in sorted((ROOT / "conf" / group).glob("*.yaml"))
    if path.stem not in ("base", "spelling")
]


def composed(*overrides: str):
    with initialize_config_module("seqtasks.conf", version_base="1.3"):
        return compose("config", list(overrides))


def targets(node, path=""):
    if isinstance(node, dict):
        if "_target_" in node:
            yield path, node
        for key, value in node.items():
            yield from targets(value, f"{path}.{key}")
    elif isinstance(node, list):
        for value in node:
            yield from targets(value, path)


@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_composes_and_names_arguments_that_exist(choice):
    plain = OmegaConf.to_container(composed(choice), resolve=True)
    for path, node in targets(plain):
        found = get_object(node["_target_"])
        parameters = inspect.signature(found).parameters
        takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        for name in node:
            known = name in parameters or name.startswith("_") or takes_any
            assert known, f"{path}.{name} is no argument of {node['_target_']}"


@pytest.mark.parametrize(
    "folder", sorted(p for p in (ROOT / "conf").iterdir() if p.is_dir() and p.name[0] != "_")
)
def test_a_file_is_short(folder):
    for path in folder.glob("*.yaml"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 45, path


def test_every_trainer_option_can_be_set():
    known = set(inspect.signature(pl.Trainer).parameters) - {"logger", "callbacks"}
    given = set(composed().trainer) - {"_target_", "_partial_"}
    newer = {"enable_autolog_hparams", "model_registry"}  # not in every Lightning from 2.5 on
    assert given == known - newer


@pytest.mark.parametrize(
    "task", ["tagging", "classification", "generation", "translation", "question_answering"]
)
def test_the_command_line_wins_over_a_task(task):
    config = composed(f"task={task}", "encoder=perceptron", "trainer.max_epochs=77")
    assert config.encoder.cell == "none"
    assert config.trainer.max_epochs == 77
    assert config.task.encoder.cell == "none"


def test_an_experiment_wins_over_its_task_and_the_command_line_over_both():
    config = composed("experiment=tinyshakespeare")
    assert config.data.reader._target_.endswith("TextReader")
    assert config.data.tokens.level == "character"
    config = composed("experiment=tinyshakespeare", "data.tokens.level=word", "encoder.cell=gru")
    assert config.data.tokens.level == "word"
    assert config.task.encoder.cell == "gru"


def test_every_target_of_the_package_is_importable():
    for path in (ROOT / "conf").rglob("*.yaml"):
        for _, node in targets(yaml.safe_load(path.read_text(encoding="utf-8")) or {}):
            assert get_object(node["_target_"]) is not None
