"""What the files decide, put into a configuration wherever nobody has typed it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

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
from seqtasks.presets.rules import RULES, decisions
from seqtasks.presets.survey import survey

Compose = Callable[[Sequence[str]], DictConfig]
"""Composes a configuration from the words of a command line."""


class Typed(NamedTuple):
    """What a person has typed.

    Attributes:
        words: of the command line.
        groups: the names of those that a choice is typed for.
        options: dotted names of all values that are typed, or that a typed choice says.
    """

    words: Sequence[str]
    groups: Collection[str]
    options: Collection[str]

    def says(self, option: str) -> bool:
        """Whether an option is typed, with what stands below or above it."""
        return any(
            option == one or option.startswith(f"{one}.") or one.startswith(f"{option}.")
            for one in self.options
        )


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
    if choices["task"] in RULES:
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
    with open_dict(config.preset):
        config.preset.read = [f"{as_word(one)} ({one.reason})" for one in found]
    if config.get("budget") is not None:
        recipe = [f"experiment={name}"] if (name := choices.get("experiment")) else []
        typed = typed_options(words, compose(words), choices, compose, recipe)
        leave_to_budget(config, words, typed.says)
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
    typed = typed_options(words, config, choices, compose)
    preset = compose([*words, f"preset={name}"]).preset
    wanted = decisions(facts, choices["task"], passes=preset.passes, width=preset.width)
    return applied(wanted, typed, name, compose)


def preset_of(config: DictConfig, choices: Mapping[str, Any]) -> str | None:
    """The preset that decides; None where none does.

    A recipe and the sample decide all by themselves, and so does a task of one's own; a model that
    training starts from decides the sizes.
    """
    if choices.get("preset") == "none" or str(choices.get("data")).startswith("sample"):
        return None
    if choices.get("preset") != "auto":
        return str(choices["preset"])
    started = OmegaConf.select(config, "transfer.encoder") or OmegaConf.select(
        config, "transfer.model"
    )
    if started or choices.get("experiment") or choices["task"] not in RULES:
        return None
    return "good"


def typed_options(
    words: Sequence[str],
    config: DictConfig,
    choices: Mapping[str, Any],
    compose: Compose,
    recipe: Sequence[str] = (),
) -> Typed:
    """What is typed: by itself, or by the choice of a group that differs from the task's own.

    What the words of a recipe say counts as the task's own.
    """
    names = [word.lstrip("+~").partition("=")[0] for word in words]
    groups = [name for name in names if name in choices or "/" in name]
    usual = leaves(compose([f"task={choices['task']}", *recipe]))
    said = {name for name, value in leaves(config).items() if usual.get(name, name) != value}
    options = {name for name in names if name not in groups} | said
    return Typed(words, groups, {name for name in options if not name.startswith("preset")})


def applied(wanted: Iterable[Decision], typed: Typed, name: str, compose: Compose) -> DictConfig:
    """The configuration with decisions, but for what is typed and what has no place in it."""
    wanted = list(wanted)
    words = [*typed.words, f"preset={name}"]
    groups = [one for one in wanted if one.is_group and one.option not in typed.groups]
    config, chosen = with_groups(groups, words, compose)
    for decision in wanted:
        if decision.is_group or typed.says(decision.option):
            continue
        parent, _, key = decision.option.rpartition(".")
        node = OmegaConf.select(config, parent)
        if isinstance(node, DictConfig) and key in node:
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


def leaves(config: DictConfig) -> dict[str, Any]:
    """The values of a configuration by dotted name, interpolations as they are written."""
    found: dict[str, Any] = {}

    def collect(node: Any, prefix: str) -> None:
        if isinstance(node, dict) and node:
            for key, value in node.items():
                collect(value, f"{prefix}.{key}" if prefix else str(key))
        else:
            found[prefix] = node

    plain: Any = OmegaConf.to_container(config, resolve=False)
    collect(plain, "")
    return found
