"""Options as the command line takes them, for errors that say what to set."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import yaml

from seqtasks.errors import UsageError, nearest


def as_value(value: Any) -> str:
    """A value as the command line takes it.

    >>> as_value(None), as_value(True), as_value(0.5), as_value({"a": [1, None]})
    ('null', 'true', '0.5', '{a:[1,null]}')
    """
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}:{as_value(entry)}" for name, entry in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(as_value, value)) + "]"
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def differences(there: Any, here: Any, path: str = "task") -> list[str]:
    """The options that change a model's sizes and differ, with the values they have there.

    Rates and weights, which are no whole numbers, change no size.

    >>> there = {"encoder": {"hidden_size": 8, "dropout": 0.1}, "head": {"tied": True}}
    >>> differences(there, {"encoder": {"hidden_size": 9, "dropout": 0.2}, "head": {"tied": False}})
    ['encoder.hidden_size=8', 'task.head.tied=true']
    """
    if isinstance(there, dict) and isinstance(here, dict):
        return [
            line
            for name in there
            for line in differences(there[name], here.get(name), f"{path}.{name}")
        ]
    if there == here or isinstance(there, float):
        return []
    place = path.removeprefix("task.") if path.startswith("task.encoder.") else path
    return [f"{place}={as_value(there)}"]


def overridden(config: dict[str, Any], options: Sequence[str]) -> dict[str, Any]:
    """A plain configuration with some options changed.

    Args:
        config: nested; it stays as it is.
        options: each ``a.b=VALUE``, the value read as YAML.

    Raises:
        UsageError: one is not written so, there is no such option, or a value is no YAML.

    >>> overridden({"data": {"test": "a.txt", "limit": 3}}, ["data.test=[b.txt, c.txt]"])
    {'data': {'test': ['b.txt', 'c.txt'], 'limit': 3}}
    """
    changed = copy.deepcopy(config)
    for option in options:
        path, value = _read(option)
        *parents, name = path.split(".")
        node: Any = changed
        for parent in parents:
            node = node.get(parent) if isinstance(node, dict) else None
        if not isinstance(node, dict) or name not in node:
            known = [".".join([*parents, key]) for key in node] if isinstance(node, dict) else []
            raise UsageError(f"there is no option '{path}';{nearest(path, known)}".rstrip(";"))
        node[name] = value
    return changed


def search_options(given: Sequence[str]) -> dict[str, Any]:
    """Options of a search that are each written ``name=value``, by name; ``none`` is None.

    >>> search_options(["beam_size=1", "max_length=none"])
    {'beam_size': 1, 'max_length': None}
    """
    read = dict(_read(option, "search") for option in given)
    return {name: None if value == "none" else value for name, value in read.items()}


def _read(option: str, of: str | None = None) -> tuple[str, Any]:
    """The name and the value of an option, the value as YAML."""
    name, equals, value = option.partition("=")
    if not equals:
        raise UsageError(f"{option}: write an option as NAME=VALUE", option=of)
    try:
        return name, yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise UsageError(
            f"{name}: {value!r} cannot be read; write it as YAML, such as 3, true or [a, b]",
            option=of,
        ) from error
