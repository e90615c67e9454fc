"""How long each part of a training takes, in files of the run folder."""

from __future__ import annotations

from pathlib import Path

from pytorch_lightning.profilers import (
    AdvancedProfiler,
    Profiler,
    PyTorchProfiler,
    SimpleProfiler,
)

from seqtasks.errors import check_choice

KINDS: dict[str, type[Profiler]] = {
    "simple": SimpleProfiler,
    "advanced": AdvancedProfiler,
    "pytorch": PyTorchProfiler,
}
"""What Lightning measures with: its hooks, Python's functions, torch's operations."""

FILES = "*-profile*"
"""The names of the files: ``fit-profile.txt``, ``test-profile.txt``, traces of torch beside."""


def profiler_in(folder: Path, given: Profiler | str | None) -> Profiler | None:
    """The profiler of a trainer, which leaves its files in a folder; Lightning's would print.

    Args:
        folder: of the run.
        given: ``simple``, ``advanced`` or ``pytorch``, or a profiler, which stays as it is.

    Raises:
        UsageError: there is no profiler of that name.
    """
    if not isinstance(given, str):
        return given
    kind = KINDS[check_choice("profiler", given, KINDS)]
    return kind(dirpath=folder, filename="profile")


def profiles(folder: Path) -> list[str]:
    """The names of the files that a profiler has left in the folder of a run."""
    return sorted(path.name for path in folder.glob(FILES))
