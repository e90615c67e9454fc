"""A stranger's bundle, opened first in a process of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from pathlib import Path

from seqtasks.errors import SeqtasksError
from seqtasks.trial import child

SPEED = 50e6
"""Bytes of a bundle that a slow disk and processor open in a second."""


def try_elsewhere(place: Path, trusted: Collection[str]) -> None:
    """Open the bundle in a folder in another process, with limits of memory and time.

    Raises:
        BundleError: it cannot be opened there.
    """
    told = json.dumps({"place": str(place), "trusted": [*trusted], "bytes": size_of(place)})
    seconds = child.SECONDS + 5 + size_of(place) / SPEED  # torch is imported first
    child.run(__name__, [told], str(place), seconds=seconds)


def size_of(place: Path) -> int:
    """The bytes of the files in a folder, as far as they are there."""
    return sum(path.stat().st_size for path in place.iterdir() if path.is_file())


def main(arguments: Sequence[str]) -> None:
    """Open a bundle, in the process that `try_elsewhere` begins."""
    from seqtasks.bundle.bundle import opened
    from seqtasks.lightning import leave_out_lightning

    told = json.loads(arguments[0])
    if not told["trusted"]:
        leave_out_lightning()
    child.limit(child.MEMORY + 4 * told["bytes"], child.SECONDS + told["bytes"] / SPEED)
    try:
        opened(Path(told["place"]), "cpu", told["trusted"], "")
    except SeqtasksError as error:
        child.refuse(error)
    os._exit(0)
