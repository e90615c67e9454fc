"""What the files decide, put into a configuration wherever nobody has typed it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from seqtasks.cli.budgeted import leave_to_budget
from seqtasks.cli.checked import as_plain, check_config
from seqtasks.cli.choices import check_choices
from seqtasks.cli.parts import make_part
from seqtasks.data.module import SequenceData
from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.presets.decision import Decision
from seqtasks.presets.reading import AUTO, as_word, reading
from seqtasks.presets.rules import RULES, Case, decisions
from seqtasks.presets.survey import survey
from seqtasks.presets.typed import Typed

Compose = Callable[[Sequence[str]], DictConfig]
"""Composes a configuration from the words of a command line."""


def settled(
    config: DictConfig, choices: Mapping[str, Any], words: Sequence[str], compose: Compose
) -> DictConfig:
    """A configuration with what nobody has typed: what the files decide, and what a budget does.

    The files decide how they are read, and what the preset chooses.

    Args:
        config: composed from the words.
        choices: group → choice, as in ``hydra.runtime.choices``.
        words: of the command line, those for Hydra itself before the others.
        compose: makes a configuration from words.

    Returns:
        The configuration; below ``preset``, ``read`` lists how the files are read, and why, and
        ``chosen`` what the preset decides.

    Raises:
        SeqtasksError: an option is wrong, or the preset does not know the task.
    """
    check_choices(config, choices)
    found: list[Decision] = []
    if choices["task"] in RULES and not str(choices.get("data")).startswith("sample"):
        check_options(config, choices)
        found = reading(str(choices["task"]), words)
    if found:
        words = [*(word for word in words if word != f"data={AUTO}"), *map(as_word, found)]
        config = compose(words)
        choices = {**choices, **{one.option: one.value for one in found if one.is_group}}
    if choices.get("data") == AUTO:
        raise UsageError(
            "it goes by the files of data.train, for the tasks of the package; name the files, or "
            "choose a reader, such as data=table",
            option="data",
        )
    config = chosen_by_preset(config, choices, words, compose)
    if config.get("preset") is not None:
        with open_dict(config.preset):
            config.preset.read = [f"{as_word(one)} ({one.reason})" for one in found]
    if config.get("budget") is not None:
        usual = usual_words(choices)
        usual += [f"experiment={name}"] if (name := choices.get("experiment")) else []
        leave_to_budget(config, words, Typed.of(words, compose(words), compose(usual)).says)
    return config


def check_options(config: DictConfig, choices: Mapping[str, Any]) -> None:
    """Say what is wrong with an option before any file is read."""
    plain = as_plain(config)
    if choices.get("data") == AUTO:
        del plain["data"]["reader"]  # it is still to be found
        check_config(plain)
    else:
        check_config(plain)
        make_part(config, "data")


def chosen_by_preset(
    config: DictConfig, choices: Mapping[str, Any], words: Sequence[str], compose: Compose
) -> DictConfig:
    """A configuration with what the preset decides; arguments and errors as of `settled`."""
    name = preset_of(config, choices)
    if name is None:
        return config
    if choices["task"] not in RULES:
        raise UsageError(
            f"{name} knows the tasks {', '.join(RULES)}, not {choices['task']}; set preset=none",
            option="preset",
        )
    check_config(as_plain(config))
    data = make_part(config, "data")
    if not isinstance(data, SequenceData):
        return config
    try:
        facts = survey(data)
    except SeqtasksError:  # the run meets it too, and says where
        return config
    usual = compose([*usual_words(choices), f"preset={name}"])
    typed = Typed.of(words, config, usual)
    case = Case(facts, typed.values, usual.preset.passes, usual.preset.width)
    return applied(decisions(case, choices["task"]), typed, name, compose)


def preset_of(config: DictConfig, choices: Mapping[str, Any]) -> str | None:
    """The preset that decides; None where none does.

    A recipe, a look for mistakes and the sample decide all by themselves, and so does a task of
    one's own; a model that training starts from decides the sizes.
    """
    if choices.get("preset") in ("none", None) or str(choices.get("data")).startswith("sample"):
        return None
    if choices.get("preset") != "auto":
        return str(choices["preset"])
    started = OmegaConf.select(config, "transfer.encoder") or OmegaConf.select(
        config, "transfer.model"
    )
    whole = choices.get("experiment") or choices.get("debug")
    if started or whole or choices["task"] not in RULES:
        return None
    return "good"


def usual_words(choices: Mapping[str, Any]) -> list[str]:
    """The words of a command line that says no more than which task and which packaged reader."""
    words = [f"task={choices['task']}"]
    packaged = resources.files("seqtasks.conf") / "data" / f"{choices.get('data')}.yaml"
    return [*words, f"data={choices['data']}"] if packaged.is_file() else words


def applied(wanted: Iterable[Decision], typed: Typed, name: str, compose: Compose) -> DictConfig:
    """The configuration with decisions, but for what is typed and what has no place in it."""
    wanted = [one for one in wanted if not any(map(typed.says, (one.option, *one.along)))]
    words = [*typed.words, f"preset={name}"]
    config, chosen = with_groups([one for one in wanted if one.is_group], words, compose)
    for decision in wanted:
        parent, _, key = decision.option.rpartition(".")
        node = OmegaConf.select(config, parent)
        if not decision.is_group and isinstance(node, DictConfig) and key in node:
            OmegaConf.update(config, decision.option, decision.value)
            chosen.append(decision)
    with open_dict(config.preset):
        config.preset.chosen = [str(decision) for decision in chosen]
    return config


def with_groups(
    groups: Sequence[Decision], words: Sequence[str], compose: Compose
) -> tuple[DictConfig, list[Decision]]:
    """The configuration of some words and of those choices that go with them."""
    with contextlib.suppress(HydraException, OmegaConfBaseException):
        return compose([*map(str, groups), *words]), [*groups]
    kept: list[Decision] = []
    for group in groups:  # what is typed needs another choice than one of them
        with contextlib.suppress(HydraException, OmegaConfBaseException):
            compose([*map(str, kept), str(group), *words])
            kept.append(group)
    return compose([*map(str, kept), *words]), kept
