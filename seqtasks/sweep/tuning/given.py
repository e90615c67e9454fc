"""What the command of a search says: what holds for every run, and what is searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig, OmegaConf

from seqtasks.cli.options import as_value
from seqtasks.errors import UsageError, located
from seqtasks.sweep.tuning.conditions import ordered
from seqtasks.sweep.tuning.conditions import read as read_conditions
from seqtasks.sweep.tuning.space import Space, check_range, first_of, read, searched, written

OF_THE_SEARCH = ("sweep", "hparams_search", "budget", "overwrite", "tune")
"""Options that are the search's own, and not those of its runs."""


class Given:
    """The options of a search, parted into those of all its runs and those that it draws.

    Args:
        config: of the search; its ``tune.space`` holds for what the arguments leave open.
        arguments: the options as they are typed; one with a range or several values is searched.
        loader: composes configurations.

    Attributes:
        fixed: the options of all runs, as they are typed.
        lines: the searched options, as the space and the arguments have them.
        typed: those of the arguments.

    Raises:
        UsageError: a line of the space or a typed range cannot be drawn from, or scores of several
            tasks are compared.
    """

    def __init__(self, config: DictConfig, arguments: Sequence[str], loader: ConfigLoader) -> None:
        self.choices: Mapping[str, str] = dict(config.hydra.runtime.choices)
        self.fixed: list[str] = []
        self.typed: dict[str, Override] = {}
        names = []
        for override in OverridesParser.create(config_loader=loader).parse_overrides([*arguments]):
            name = override.get_key_element().lstrip("+~")
            if override.is_sweep_override():
                name = name.removeprefix("tune.space.")
                check_range(name, override)
                self.typed[name] = override
            elif name.partition(".")[0] not in OF_THE_SEARCH:
                self.fixed.append(str(override.input_line))
                names += [] if name in self.choices else [name]
        if "task" in self.typed:
            raise UsageError("scores of several tasks cannot be compared; give one", option="task")
        plain: Any = OmegaConf.to_container(config.tune.space, resolve=True)
        self.when = read_conditions(OmegaConf.to_container(config.tune.when, resolve=True))
        with located("tune.space"):
            lines = {name: read(name, text) for name, text in written(plain)}
        closed = tuple(f"{name}." for name in (*names, *self.typed))
        left = {name: line for name, line in lines.items() if not f"{name}.".startswith(closed)}
        self.lines = {**left, **self.typed}
        self.lines = {name: self.lines[name] for name in ordered(self.lines, self.when)}
        if self.typed:  # a misspelt one is refused before the first run
            firsts = {name: first_of(override) for name, override in self.typed.items()}
            loader.load_sweep_config(config, self.overrides(firsts))

    def overrides(self, options: Mapping[str, str]) -> list[str]:
        """The options of a run, as they are typed."""
        return [*self.fixed, *(f"{name}={value}" for name, value in options.items())]

    def about(self) -> dict[str, str]:
        """What has to be the same where a search is resumed."""
        texts = {name: str(line.input_line).partition("=")[2] for name, line in self.lines.items()}
        return {
            "options": " ".join(self.fixed),
            "space": " ".join(f"{name}={text}" for name, text in texts.items()),
            "conditions": as_value(self.when),
        }

    def space(self, folder: Path) -> Space:
        """What the options are drawn from, and their values in a run that has them as they are.

        Args:
            folder: of that run.

        Raises:
            UsageError: a typed range does not go with the value there, or nothing is left.
        """
        settled = OmegaConf.load(folder / "config.yaml")
        space = Space({}, {}, {})

        def value_of(name: str) -> Any:
            return self.choices.get(name, OmegaConf.select(settled, name))

        for name, line in self.lines.items():  # each after those that it depends on
            beside = self.when.get(name, {})
            drawn = {one: texts for one, texts in beside.items() if one in space.distributions}
            fixed = {one: texts for one, texts in beside.items() if one not in drawn}
            if not all(as_value(value_of(one)) in texts for one, texts in fixed.items()):
                continue
            with located("" if name in self.typed else "tune.space"):
                found = searched(name, line, value_of(name))
            if found is not None and found.own is not None:
                space.distributions[name], space.own[name] = found
                space.when[name] = drawn
            elif name in self.typed:
                raise UsageError(
                    f"it is {value_of(name)} in the first run, from which this range does not go "
                    "out; set it to a value in the range besides, or choose another range",
                    option=name,
                )
        if not space.distributions:
            raise UsageError("no option is left to search; name some", option="tune.space")
        return space
