"""The share of the processor that each of several runs has."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

Options = Mapping[str, Any]
"""Those of a launcher."""


def cores() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def share(launcher: Options, runs: int, most: int | None = None) -> int | None:
    """The threads of each run of a sweep, so that those at once have the processor to themselves.

    It follows from all runs of the sweep, also those that are done already.

    Args:
        launcher: Hydra's options of it.
        runs: that the sweep has.
        most: runs that the launcher is given at once; None: all of them.

    Returns:
        None where that is torch's to say: with a launcher that does one run after the other, or
        asks a scheduler for processors, and where ``OMP_NUM_THREADS`` is set.
    """
    threads = THREADS.get(str(launcher.get("_target_")).rpartition(".")[2])
    if threads is None or os.environ.get("OMP_NUM_THREADS"):
        return None
    return threads(launcher, min(runs, most or runs))


def shared(together: int) -> int | None:
    """The threads of each of some runs at once on this machine."""
    return max(1, cores() // together) if together > 1 else None


def by_joblib(options: Options, most: int) -> int | None:
    """Those of so many jobs of joblib, which counts numbers below 0 from all cores."""
    jobs = int(options.get("n_jobs") or 1)
    return shared(min(most, jobs if jobs > 0 else max(1, cores() + 1 + jobs)))


THREADS: dict[str, Callable[[Options, int], int | None]] = {
    "JoblibLauncher": by_joblib,
    "LocalLauncher": lambda options, most: shared(most),  # of submitit, which starts all at once
    "Ray": lambda options, most: max(1, round(options["cpus"])),
}
"""By the names of the launchers that do several runs at once on one machine."""
