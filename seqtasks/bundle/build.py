"""Objects from a plain configuration, without Hydra and without running a stranger's code."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Collection
from pathlib import Path
from typing import Any

from seqtasks.errors import BundleError, Located

_NEWER = "use the version of seqtasks that saved it"
"""What helps where a configuration names what is not there."""

ROOMS = {
    "task": ("tasks", "embedding", "encoder", "heads", "cells"),
    "fields": ("data.fields",),
    "data": tuple(
        f"data.{part}"
        for part in ("module", "batching", "fields", "length_filter", "readers", "sample")
    ),
}
"""Part of a configuration → where in ``seqtasks`` the classes stand that it is made of.

Other classes of the library open files, or begin processes, when they are made.
"""


def build(node: Any, trusted: Collection[str] = (), place: str = "") -> Any:
    """Make what a configuration describes, as `hydra.utils.instantiate` would.

    Only classes are called, and only those that are defined inside ``seqtasks`` or in a module
    that the caller names. Their errors name options from the configuration's root (`Located`).

    Args:
        node: plain lists, numbers, strings and dicts; a dict with ``_target_`` becomes an object,
            with ``_partial_: true`` a `functools.partial`.
        trusted: modules (and what lies below them) whose classes may be made as well.
        place: the node's path from the configuration's root.

    Raises:
        BundleError: a target is not an allowed class, or does not take what it is given.
    """
    if isinstance(node, list):
        return [build(item, trusted, place) for item in node]
    if not isinstance(node, dict):
        return node
    rooms = ROOMS.get(place.split(".")[0])
    target = find_class(str(node["_target_"]), trusted, rooms) if "_target_" in node else None
    below = f"{place}." if place else ""
    arguments = {
        name: build(value, trusted, f"{below}{name}")
        for name, value in node.items()
        if name not in ("_target_", "_partial_", "_convert_", "_recursive_")
    }
    if target is None:
        return arguments
    make = Located.at(place, functools.partial(target, **arguments))
    if node.get("_partial_"):
        return make
    try:
        return make()
    except TypeError as error:
        raise BundleError(f"config.yaml: {node['_target_']}: {error}; {_NEWER}") from error


def find_class(
    path: str, trusted: Collection[str] = (), rooms: Collection[str] | None = None
) -> type:
    """The class at a dotted path.

    Args:
        path: module and name.
        trusted: modules whose classes may be made.
        rooms: where in ``seqtasks`` else; None for anywhere.

    Raises:
        BundleError: the path leads to no class, or elsewhere.
    """
    module_name, _, name = path.rpartition(".")
    _check(module_name, path, trusted, rooms)
    try:
        found = getattr(importlib.import_module(module_name), name)
    except (ImportError, AttributeError) as error:
        raise BundleError(
            f"config.yaml names {path}, which is not there: {error}; {_NEWER}"
        ) from error
    if not inspect.isclass(found):
        raise BundleError(f"config.yaml names {path}, which is not a class; {_NEWER}")
    _check(found.__module__, path, trusted, rooms)
    return found


def foreign_modules(node: Any) -> list[str]:
    """Modules outside ``seqtasks`` that a configuration names, in order.

    >>> foreign_modules({"_target_": "seqtasks.encoder.RecurrentEncoder", "cell": [
    ...     {"_target_": "mine.Cell"}]})
    ['mine']
    """
    found: list[str] = []
    if isinstance(node, dict):
        module = str(node.get("_target_", "")).rpartition(".")[0]
        if module and not _inside(module, ("seqtasks",)):
            found.append(module)
        node = [*node.values()]
    if isinstance(node, list):
        found += [module for item in node for module in foreign_modules(item)]
    return list(dict.fromkeys(found))


def _inside(module: str, names: Collection[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def _check(module: str, path: str, trusted: Collection[str], rooms: Collection[str] | None) -> None:
    """Refuse a module that is neither a part of the package nor trusted, before importing it.

    In a checkout every folder beside the package could be imported as a part of it, so the first
    name below ``seqtasks`` has to be one that the package itself holds.
    """
    folder = Path(__file__).parents[1]
    parts = {entry.stem for entry in folder.iterdir()} | {"tasks"}
    ours = module.split(".")[0] == "seqtasks" and set(module.split(".")[1:2]) <= parts
    if ours and rooms is not None:
        ours = _inside(module, [f"seqtasks.{room}" for room in rooms])
    if not ours and not _inside(module, trusted):
        raise BundleError(
            f"config.yaml names {path}, which is not a part of seqtasks for models; if you "
            f"trust that code, name its module {module or path} with `trust`"
        )
