"""The runs that some folders are or hold, and what each of them has left."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqtasks.bundle.files import CONFIG, MANIFEST, METRICS
from seqtasks.errors import BundleError, UsageError, first_line
from seqtasks.files import plain_json, plain_yaml
from seqtasks.files.plain_file import COPY, read_plain

_MOST = 64 << 20
"""The bytes of a file that is read."""

COMMAND = ["python", "-m", "seqtasks"]
"""The words that a command of training begins with."""


@dataclass(frozen=True)
class Run:
    """A training that has ended.

    Attributes:
        folder: of the run, or of a bundle alone.
        given: the folder that it was found by: its own, or that of its sweep.
        results: what ``metrics.json`` holds.
        config: the configuration; of a bundle alone what a model needs of it.
        command: the words behind ``python -m seqtasks`` that began it; None where a program did.
    """

    folder: Path
    given: Path
    results: Mapping[str, Any]
    config: Mapping[str, Any]
    command: Sequence[str] | None

    @property
    def scores(self) -> dict[str, float]:
        """Those of the test by name; NaN for one without a finite value."""
        test = self.results.get("test", {})
        return {name: math.nan if value is None else value for name, value in test.items()}

    @property
    def bundle(self) -> Path:
        """Where its model is."""
        return bundle_in(self.folder)


def find_runs(given: Sequence[Path]) -> tuple[list[Run], list[Path]]:
    """The runs of some folders, each once, and the folders of those that have not ended.

    Args:
        given: of runs, of bundles, and of what holds runs, such as sweeps.

    Raises:
        UsageError: a folder is none of these.
        BundleError: what a run has left is damaged.
    """
    places: dict[Path, tuple[Path, Path]] = {}
    unfinished: list[Path] = []
    for folder in given:
        if not folder.is_dir():
            raise UsageError(f"{folder}: there is no such folder; name those of runs or sweeps")
        inside = [folder] if has_ended(folder) else sorted(folders_in(folder), key=in_order)
        ended = [one for one in inside if has_ended(one)]
        unfinished += [one for one in inside if one not in ended and (one / CONFIG).is_file()]
        if not ended:
            raise UsageError(
                f"{folder} is no run that has ended and holds none: neither it nor a folder in it "
                f"has {METRICS}; training prints where its run is"
            )
        for one in ended:
            places.setdefault(one.resolve(), (one, folder))
    return [read_run(one, folder) for one, folder in places.values()], unfinished


def has_ended(folder: Path) -> bool:
    """Whether a folder is that of a run that has scores."""
    return any((place / METRICS).is_file() for place in (folder, bundle_in(folder)))


def folders_in(folder: Path) -> list[Path]:
    """The folders within one, without links such as ``latest``."""
    return [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]


def in_order(folder: Path) -> tuple[int, str]:
    """A key that sorts runs as a sweep numbers them.

    >>> [path.name for path in sorted(map(Path, ["10", "b", "9"]), key=in_order)]
    ['9', '10', 'b']
    """
    name = folder.name
    return (int(name), "") if name.isdecimal() else (1 << 62, name)


def bundle_in(folder: Path) -> Path:
    """The folder of the bundle that a run has left; a bundle is its own."""
    return folder if (folder / MANIFEST).is_file() else folder / "bundle"


def read_run(folder: Path, given: Path) -> Run:
    """What a run has left in its folder.

    Raises:
        BundleError: a file is damaged.
    """
    bundle = bundle_in(folder)
    place = folder if (folder / METRICS).is_file() else bundle
    results = read(place / METRICS, plain_json.parsed)
    own = read(bundle / CONFIG, plain_yaml.parsed) if (bundle / CONFIG).is_file() else {}
    config = read(folder / CONFIG, plain_yaml.parsed) if (folder / CONFIG).is_file() else own
    words = shlex.split(str(own.get("command", "")))
    command = words[len(COMMAND) :] if words[: len(COMMAND)] == COMMAND else None
    return Run(folder, given, results, config, command)


def read(path: Path, parsed: Callable[[str], Any]) -> dict[str, Any]:
    """What a file with names and values holds.

    Raises:
        BundleError: it is damaged.
    """
    try:
        found = parsed(read_plain(path, _MOST).decode())
        if not isinstance(found, dict):
            raise ValueError("names and values are expected")
    except ValueError as error:
        raise BundleError(f"{path} is damaged: {first_line(error)}; {COPY}") from error
    return found
