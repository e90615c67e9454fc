"""A stranger's bundle, opened first in a process of its own."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from seqtasks.bundle.files import read_manifest
from seqtasks.trial import child

SPEED = 50e6
"""Bytes of a bundle that a slow disk and processor open in a second."""

IMPORTS = 30.0
"""Seconds that a busy machine takes to import torch."""


def try_elsewhere(place: Path, trusted: Collection[str]) -> None:
    """Open the bundle in a folder in another process, with limits of memory and time.

    Raises:
        BundleError: it cannot be opened there.
    """
    read_manifest(place)  # what is no bundle at all is told at once
    size = size_of(place)
    # A process that trains nothing is quick to begin; modules of a person's own may train.
    calls: dict[str, list[Any]] = {} if trusted else {"seqtasks.lightning:leave_out_lightning": []}
    calls["seqtasks.bundle.bundle:open_with_limits"] = [str(place), [*trusted], size]
    child.run(calls, str(place), seconds=child.SECONDS + IMPORTS + size / SPEED)


def size_of(place: Path) -> int:
    """The bytes of the files in a folder, as far as they are there."""
    return sum(path.stat().st_size for path in place.iterdir() if path.is_file())


def limit(size: int) -> None:
    """Let this process take what opening a bundle of so many bytes takes at most."""
    child.limit(child.MEMORY + 4 * size, child.SECONDS + size / SPEED)
