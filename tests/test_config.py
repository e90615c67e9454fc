"""The configuration groups against the code they describe."""

from __future__ import annotations

import inspect
import re

import pytest
import pytorch_lightning as pl
import yaml
from hydra import compose, initialize_config_module
from hydra.utils import get_object
from omegaconf import OmegaConf
from small import ROOT

from seqtasks.sweep.plugins import PLUGINS

CONF = ROOT / "conf"
FILES = sorted(CONF.rglob("*.yaml"))
OWNERS = {"condition": "generation", "decoder": "translation", "search": "translation"}
OWNERS |= {"scheduled_sampling": "translation"}  # other groups within `task` are a tagger's too


def options(path) -> list[str]:
    """The command line that takes a file of a group."""
    group = path.parent.relative_to(CONF).as_posix()
    if group == "field":
        return ["task=classification", f"+field@data.{path.stem}_of_a_test={path.stem}"]
    if not group.startswith("task/"):
        return [f"{group}={path.stem}"]
    return [f"task={OWNERS.get(group.split('/')[1], 'tagging')}", f"{group}={path.stem}"]


CHOICES = [options(path) for path in FILES if path.parent != CONF and path.stem != "base"]
CHOICES = [choice for choice in CHOICES if not choice[0].startswith("hydra/")]


PLUGINS_OF_HYDRA = {
    "launcher=joblib": "hydra_plugins.hydra_joblib_launcher",
    "launcher=submitit": "hydra_plugins.hydra_submitit_launcher",
}
"""Choices that need a plugin, which need not be there."""


def composed(*overrides: str):
    for choice in PLUGINS_OF_HYDRA.keys() & {*overrides}:
        pytest.importorskip(PLUGINS_OF_HYDRA[choice])
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


@pytest.mark.parametrize("choice", CHOICES, ids=" ".join)
def test_every_choice_composes_and_names_arguments_that_exist(choice):
    more = (
        ["+field@data.source=tokens", "+field@data.target=tokens"] if "copies" in choice[-1] else []
    )
    plain = OmegaConf.to_container(composed(*choice, *more), resolve=True)
    for path, node in targets(plain):
        found = get_object(node["_target_"])
        parameters = inspect.signature(found).parameters
        takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        for name in node:
            known = name in parameters or name.startswith("_") or takes_any
            assert known, f"{path}.{name} is no argument of {node['_target_']}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CONF).as_posix())
def test_a_file_is_short_and_begins_with_what_it_is_for(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 45
    assert all(len(line) <= 100 for line in lines)
    package = [number for number, line in enumerate(lines) if line.startswith("# @package")]
    assert package in ([], [0])  # Hydra reads it on the first line alone
    assert re.match(r"# \S", lines[len(package)])


def test_no_choice_is_loaded_for_its_name():
    for path in FILES:
        defaults = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("defaults", [])
        assert not re.search(r"optional|\$\{", str(defaults)), path


def test_help_has_a_line_for_every_group():
    template = yaml.safe_load((CONF / "hydra/help/groups.yaml").read_text(encoding="utf-8"))
    lines = re.findall(r"^  ([a-z].*?)  ", template["template"], flags=re.MULTILINE)
    folders = {path.parent.relative_to(CONF).as_posix() for path in FILES}
    groups = {folder for folder in folders if folder not in (".", "hydra")}
    groups = {folder for folder in groups if not folder.startswith("hydra/")}
    assert {name for line in lines for name in line.split(", ")} == groups


def test_a_choice_brings_the_fields_that_it_reads():
    assert list(composed("task=classification", "task/embedding/spelling=convolutional").data)[
        -3:
    ] == ["tokens", "characters", "label"]
    series = composed("task=classification", "task/embedding=series").data
    assert "series" in series
    assert "tokens" not in series
    assert "characters" not in composed("task=tagging", "~task/embedding/spelling").data
    assert composed("task=generation", "task/condition=vector").data.vector.column is None


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


def test_an_experiment_chooses_within_nested_groups():
    config = composed("experiment=wnut17", "task/embedding/spelling=recurrent")
    assert config.task.head._target_.endswith("CRFTagging")
    assert config.task.embedding.spelling._target_.endswith("SpellingEncoder")
    assert composed("experiment=babi").task.decoder.copying
    assert composed("experiment=chnsenticorp_lm").data.batching.window == 35


def test_every_target_of_the_package_is_importable():
    for path in FILES:
        for _, node in targets(yaml.safe_load(path.read_text(encoding="utf-8")) or {}):
            if node["_target_"] not in PLUGINS:  # which Hydra knows when a sweep begins
                assert get_object(node["_target_"]) is not None
