"""What Hydra refuses, in words that help, and the command lines that it takes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from hydra import compose, initialize_config_module
from hydra._internal.utils import get_args_parser
from hydra.conf import OverridesConf
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import (
    ConfigCompositionException,
    HydraException,
    InstantiationException,
    MissingConfigException,
    OverrideParseException,
)
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import InterpolationResolutionError, OmegaConfBaseException

from seqtasks.errors import UsageError, closest, first_line, nearest

_SEE = "see all options and their values with python -m seqtasks --cfg job"


_OF_SEVERAL = ("Ambiguous value", "Sweep parameters")
"""How Hydra begins what it says of several values for one run."""


_PLUGINS = {"hydra/launcher/joblib": "joblib", "hydra/launcher/submitit_slurm": "submitit"}
"""Choices that a plugin of Hydra's brings, and the extra that it comes with."""


def as_usage_error(error: BaseException, arguments: Sequence[str]) -> UsageError | None:
    """What to say of an error of Hydra's, from a command line; None if it is another's."""
    if isinstance(error, MissingConfigException) and error.options is not None:
        path = str(error.missing_cfg_file).removesuffix(".yaml")
        if (needed := _needs_plugin(path)) is not None:
            return needed
        group, _, name = path.rpartition("/")
        options = [option for option in error.options if option != "base"]
        return UsageError(
            f"{group}={name}: there is no such choice;{nearest(name, options)} "
            f"The choices are {', '.join(options)}."
        )
    if isinstance(error, OverrideParseException):
        return UsageError(
            f"{error.override!r} cannot be read: options are written name=value, such as "
            "task=tagging; quote values that hold = or , as 'name=\"a=b\"'"
        )
    if isinstance(error, ConfigCompositionException) and "defaults list" in str(error):
        said = " ".join(str(error).split())  # of a file, not of the command line
        return UsageError(f"{said}; correct the defaults list, or leave the choice out")
    if isinstance(error, ConfigCompositionException):
        said = " ".join(str(error).split())
        unknown = "" if said.startswith(_OF_SEVERAL) else _unknown_option(arguments)
        return UsageError(unknown or said)
    if isinstance(error, InstantiationException):
        place = str(error).rpartition("full_key: ")[2] if error.__cause__ else ""
        said = first_line(error.__cause__ or error)
        return UsageError(f"{said}; {_SEE}", option=place)
    if isinstance(error, InterpolationResolutionError):
        return UsageError(
            f"{error.full_key or 'an option'} takes the value of an option that is not there; set "
            f"it, or leave out what it belongs to ({first_line(error)})"
        )
    if isinstance(error, ValueError) and str(error).startswith("Config group override"):
        return UsageError(
            "a group takes the name of a choice; ~GROUP, such as ~task/embedding/spelling, chooses "
            "none"
        )
    if isinstance(error, HydraException | OmegaConfBaseException) or _is_hydras(error):
        return UsageError(f"{first_line(error)}; {_SEE}")
    return None


def _needs_plugin(path: str) -> UsageError | None:
    """What to say of a choice that a plugin brings, which is not there; None of other choices."""
    if (extra := _PLUGINS.get(path)) is None:
        return None
    return UsageError(f"launcher={extra} needs a plugin of Hydra: pip install 'seqtasks[{extra}]'")


def _is_hydras(error: BaseException) -> bool:
    """Whether Hydra itself fails on a value, such as a list in place of a choice."""
    trace, raised = error.__traceback__, ""
    while trace is not None:
        raised, trace = trace.tb_frame.f_globals.get("__name__", ""), trace.tb_next
    return isinstance(error, (ValueError, TypeError, AttributeError)) and raised.startswith(
        ("hydra.", "omegaconf.")
    )


def arguments_of_a_job(arguments: Sequence[str], overrides: OverridesConf) -> list[str]:
    """The command line that does alone one run, of these overrides, of a command for several.

    >>> given = ["--config-dir", "my", "-m", "seed=1,2", "hydra.sweep.dir=x"]
    >>> arguments_of_a_job(given, OverridesConf(hydra=["hydra.sweep.dir=x"], task=["seed=2"]))
    ['--config-dir', 'my', 'seed=2']
    """
    words = get_args_parser().parse_known_args(list(arguments))[0].overrides
    flags = [w for w in arguments if w not in words and w not in ("-m", "--multirun")]
    kept = [word for word in overrides.hydra if word.startswith("hydra.searchpath=")]
    if any(word.startswith("sweep=") for word in overrides.task):  # it says that there be several
        kept.append("hydra.mode=RUN")
    return [*flags, *kept, *overrides.task]


def _unknown_option(arguments: Sequence[str]) -> str:
    """What to say of the first argument that names no option; empty if all do."""
    GlobalHydra.instance().clear()
    parsed, _ = get_args_parser().parse_known_args(list(arguments))
    with initialize_config_module("seqtasks.conf", version_base="1.3"):
        choices = []
        if parsed.config_dir:
            choices.append(f"hydra.searchpath=[file://{os.path.abspath(parsed.config_dir)}]")
        for argument in parsed.overrides:
            try:
                compose("config", [*choices, argument])
            except (HydraException, OmegaConfBaseException, AttributeError, TypeError, ValueError):
                name = argument.partition("=")[0].lstrip("+~")
                composed = compose("config", choices, return_hydra_config=True)
                known = [*composed.hydra.runtime.choices, *_names(composed)]
                if name in known:
                    return ""
                return f"there is no option '{name}';{_nearest_option(name, known)}"
            choices.append(argument)
    return ""


def _nearest_option(name: str, known: Sequence[str]) -> str:
    """The option that a misspelt one most likely means."""
    group = name.partition("@")[2].replace(".", "/")  # as of head@task.head
    if group in known:
        return f" Did you mean '{group}'?"
    parent, _, last = name.rpartition(".")
    leaves = {n.rpartition(".")[2]: n for n in known}
    siblings = {n.rpartition(".")[2]: n for n in known if n.rpartition(".")[0] == parent}
    for wanted, choices in ((last, siblings), (name, {n: n for n in known}), (last, leaves)):
        if (found := closest(wanted, choices)) is not None:
            return f" Did you mean '{choices[found]}'?"
    return " `python -m seqtasks --cfg job` shows all of them."


def _names(config: DictConfig, prefix: str = "") -> Iterator[str]:
    for key in map(str, config):
        name = prefix + key
        yield name
        if not OmegaConf.is_missing(config, key) and not OmegaConf.is_interpolation(config, key):
            value = config[key]
            if isinstance(value, DictConfig):
                yield from _names(value, f"{name}.")
