"""What ``python -m seqtasks --info`` says: versions, devices, extras, places."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from seqtasks.cli.versions import version

PAGES = ("all", "config", "defaults", "defaults-tree", "plugins", "searchpath")
"""What Hydra prints of itself by ``--info PAGE``."""

FOR_DEVELOPERS = {"dev", "test"}
"""Extras that give a user nothing."""


def asks_about(arguments: Sequence[str]) -> bool:
    """Whether a command line asks what is installed, and not for a page of Hydra's.

    >>> asks_about(["--info"]), asks_about(["--info", "plugins"]), asks_about(["task=tagging"])
    (True, False, False)
    """
    flag = next((at for at, word in enumerate(arguments) if word in ("--info", "-i")), None)
    return flag is not None and not any(word in PAGES for word in arguments[flag + 1 : flag + 2])


def about() -> Iterator[str]:
    """Yield the lines."""
    import torch

    from seqtasks.data.store.cache import AUTO, cache_folder

    yield f"seqtasks {version('seqtasks')} in {Path(__file__).parents[1]}"
    names = ("torch", "pytorch-lightning", "hydra-core")
    yield ", ".join([f"Python {platform.python_version()}", *(f"{n} {version(n)}" for n in names)])
    yield f"Devices: {', '.join(devices(torch))}"
    there, missing = extras()
    if there:
        yield f"Extras: {', '.join(there)}"
    if missing:
        yield f"Not installed: {', '.join(missing)} (pip install 'seqtasks[{missing[0]}]')"
    yield f"Cache of data: {cache_folder(AUTO) or 'none'} (SEQTASKS_CACHE)"
    yield f"Data sets of experiments: {os.environ.get('SEQTASKS_DATA', 'data')} (SEQTASKS_DATA)"
    yield "Choices: --help; every option: --cfg job; of Hydra itself: --hydra-help, --info all"


def devices(torch: object) -> list[str]:
    """What a training can run on."""
    found: list[str] = [f"cpu ({os.cpu_count()} processors)"]
    cuda, mps = torch.cuda, torch.backends.mps  # type: ignore[attr-defined]
    if cuda.is_available():
        found += [f"cuda:{n} {cuda.get_device_name(n)}" for n in range(cuda.device_count())]
    return [*found, *(["mps"] if mps.is_available() else [])]


def extras() -> tuple[list[str], list[str]]:
    """The extras whose packages are all there, and those of which one is missing.

    Both are empty where the package runs from a folder of its source that is not installed.
    """
    try:
        told = metadata.metadata("seqtasks")
    except metadata.PackageNotFoundError:
        return [], []
    required = [Requirement(line) for line in told.get_all("Requires-Dist") or []]
    found: tuple[list[str], list[str]] = [], []
    for extra in sorted({*(told.get_all("Provides-Extra") or [])} - FOR_DEVELOPERS):
        needed = [r.name for r in required if r.marker and r.marker.evaluate({"extra": extra})]
        found[any(version(name) == "source" for name in needed)].append(extra)
    return found
