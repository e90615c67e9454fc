"""The share of the processor that each of several runs has."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any


def cores() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def share(launcher: Mapping[str, Any], runs: int, together: int | None = None) -> int | None:
    """The threads of each run, so that all that run at once have a thread for each processor.

    Args:
        launcher: Hydra's options of it.
        runs: that the sweep has.
        together: runs that the sweeper hands to the launcher at once; None: all of them.

    Returns:
        None where that is torch's to say: for a launcher that does one run after the other, or that
        asks a scheduler for the processors of each, and where ``OMP_NUM_THREADS`` is set.
    """
    if os.environ.get("OMP_NUM_THREADS"):
        return None
    name = str(launcher.get("_target_")).rpartition(".")[2]
    at_once = AT_ONCE.get(name, lambda options, most: 1)(launcher, min(runs, together or runs))
    return None if at_once < 2 else max(1, cores() // at_once)


def by_joblib(options: Mapping[str, Any], most: int) -> int:
    """The runs at once with so many jobs of joblib, which counts those below 0 from all cores.

    >>> by_joblib({"n_jobs": 3}, 8), by_joblib({"n_jobs": 3}, 2), by_joblib({}, 1)
    (3, 2, 1)
    """
    jobs = int(options.get("n_jobs") or 1)
    return min(most, jobs if jobs > 0 else max(1, cores() + 1 + jobs))


def by_ray(options: Mapping[str, Any], most: int) -> int:
    """The runs at once of those that ask Ray for some processors each."""
    return max(1, cores() // max(1, round(options["cpus"])))


AT_ONCE: dict[str, Callable[[Mapping[str, Any], int], int]] = {
    "JoblibLauncher": by_joblib,
    "LocalLauncher": lambda options, most: most,  # of submitit
    "Ray": by_ray,
}
"""The runs at once of launchers that start several on one machine, by the name of the class."""
