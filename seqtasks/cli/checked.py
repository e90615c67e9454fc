"""A whole configuration against the annotations of what it makes, before any data is read."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from typing import Any

from hydra._internal.utils import _locate
from omegaconf import DictConfig, OmegaConf

from seqtasks.cli.annotations import Made, expected, fits, parameter_of
from seqtasks.cli.options import as_value
from seqtasks.errors import UsageError, check_between, first_line

_HYDRAS = {
    "_target_": str,
    "_partial_": bool,
    "_recursive_": bool,
    "_convert_": str,
    "_args_": list,
}
"""The keys that speak to Hydra, and what they hold."""

_MISSING = "???"
_SHOWN = 60
"""The characters of a value in a message."""

MADE = ("data", "optimizer", "scheduler", "trainer", "transfer", "task")
"""Parts of the configuration that have to say what they make."""

LEFT_OUT = ("scheduler",)
"""Those that a training does without where they are missing or null."""

COMPLETED = ("optimizer", "scheduler", "trainer", "task")
"""Those that are given more, such as the vocabularies, before they are made."""


def check_config(config: dict[str, Any]) -> None:
    """Refuse an option whose value is of another type than the argument that it becomes.

    The classes and functions that the configuration names say by their annotations what they take,
    the user's own like ours.

    Args:
        config: resolved, as plain lists and dicts.

    Raises:
        UsageError: an option's value does not fit.
    """
    for name, annotation in _SETTINGS.items():
        check_value(name, config.get(name), annotation)
    for name, (least, most) in _RANGES.items():
        value = config.get(name)
        if value is not None:
            check_between(name, value, least, most)
    for name in MADE:
        if name not in LEFT_OUT or config.get(name) is not None:
            check_made(name, config.get(name))
    for group in ("callbacks", "logger"):
        check_value(group, config.get(group), dict | None)
        for name, value in (config.get(group) or {}).items():
            if value is not None:
                check_made(f"{group}.{name}", value)
    for name, value in config.items():
        check_node(value, name)


def check_made(place: str, node: Any) -> None:
    """Refuse a part of the configuration that does not say what it makes."""
    if not isinstance(node, dict) or "_target_" not in node:
        group = place.partition(".")[0]
        raise UsageError(
            f"it is to say by _target_ what it makes; choose one of the group: {group}=NAME",
            option=place,
        )
    if place in COMPLETED and node.get("_partial_") is not True:
        raise UsageError("it is true, as what it lacks follows later", option=f"{place}._partial_")


def as_plain(config: DictConfig) -> dict[str, Any]:
    """A configuration as plain lists and dicts, with the values of its interpolations."""
    plain: Any = OmegaConf.to_container(config, resolve=True)
    return plain


def check_node(node: Any, place: str) -> Any:
    """Check what a part of a configuration holds, from its leaves up.

    Args:
        node: plain.
        place: the node's path from the configuration's root.

    Returns:
        The node with `Made` in place of what objects are made from.
    """
    if isinstance(node, str) and "\0" in node:
        raise UsageError("it holds a NUL character; leave that out", option=place)
    if isinstance(node, list):
        return [check_node(one, f"{place}.{at}") for at, one in enumerate(node)]
    if not isinstance(node, dict):
        return node
    given = {name: check_node(value, f"{place}.{name}") for name, value in node.items()}
    if "_target_" not in given:
        return given
    for name, kind in _HYDRAS.items():
        check_value(f"{place}.{name}", node.get(name, _MISSING), kind)
    make = _target(given["_target_"], place)
    find = parameter_of(make)
    completed = place.startswith("callbacks.") and given.get("_partial_")  # by the task's score
    for name, value in given.items():
        if name in _HYDRAS or (completed and name in ("monitor", "mode") and value is None):
            continue
        parameter = find(str(name))
        if parameter is not None:
            check_argument(f"{place}.{name}", value, parameter)
    if given.get("_partial_"):
        return Made(functools.partial)
    return Made(make if isinstance(make, type) else None)


def check_argument(option: str, value: Any, parameter: inspect.Parameter) -> None:
    """Refuse a value that an argument does not take.

    Its default always fits, and so does null where any names may be given.
    """
    same = type(value) is type(parameter.default) and value == parameter.default
    unset = parameter.kind is parameter.VAR_KEYWORD and value is None
    if not same and not unset:
        check_value(option, value, parameter.annotation)


def check_value(option: str, value: Any, annotation: Any) -> None:
    """Refuse a value that does not fit an annotation."""
    if value != _MISSING and not fits(value, annotation):
        shown = as_value(_plain(value))
        if isinstance(value, str):
            shown = f"the text {value!r}" if value else "an empty text"
        if len(shown) > _SHOWN:
            shown = f"{shown[:_SHOWN]}…"
        raise UsageError(f"it is {expected(annotation, value)}, not {shown}", option=option)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return "an object" if isinstance(value, Made) else value


def _target(path: str, place: str) -> Callable[..., Any]:
    """What a dotted path names."""
    try:
        found: Any = _locate(path)
    except Exception as error:  # importing runs any code
        raise UsageError(
            f"{path!r} cannot be found: {first_line(error)}; write the dotted path of a class or "
            "function",
            option=f"{place}._target_",
        ) from error
    if not callable(found):
        raise UsageError(
            f"{path!r} makes nothing; write the dotted path of a class or function",
            option=f"{place}._target_",
        )
    return found


_SETTINGS: dict[str, Any] = {
    "paths": dict,
    "preset": dict,
    "task_name": str | None,
    "run_name": str | None,
    "tags": list[str],
    "train": bool,
    "test": bool,
    "seed": int,
    "threads": int | None,
    "examples": int,
    "print_config": bool,
    "report": bool,
    "ckpt_path": str | None,
    "overwrite": bool,
    "budget": str | int | float | None,
    "optimized_metric": str | None,
    "sweep": dict,
}
"""The options that belong to no group."""

_RANGES = {
    "seed": (0, 2**32 - 1),
    "threads": (1, max(256, os.cpu_count() or 1)),
    "examples": (0, 10_000),
}
"""Those that are numbers: the least and the most."""
