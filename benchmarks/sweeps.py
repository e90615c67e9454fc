"""How well runs beside each other and after each other use a machine.

``python benchmarks/sweeps.py`` prints three ratios, on a machine that does nothing else: of two
trainings at once to one alone, of eight runs with joblib to the same one after the other, and of
the start of a run in a sweep to that of a single one. It takes half an hour on two cores;
``--repeats 1`` a third of that.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]

QUIET = ("task=classification", "logger=none", "report=false", "examples=0")
"""Options of every run."""

SHORT = ("trainer.max_steps=1", "trainer.limit_val_batches=0", "trainer.limit_test_batches=0")
"""Those of a run that ends with its first batch."""

Timed = Callable[[Sequence[Sequence[str]]], float]
"""Seconds until some commands, begun together, have all ended; each by its arguments."""


def seconds_of(commands: Sequence[Sequence[str]]) -> float:
    """See `Timed`; the commands are Python's, in a folder of their own."""
    environment = {name: value for name, value in os.environ.items() if name[:4] != "OMP_"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        running = [
            subprocess.Popen(
                [sys.executable, *words], cwd=folder, env=environment, stdout=subprocess.DEVNULL
            )
            for words in commands
        ]
        codes = [process.wait() for process in running]
        seconds = time.perf_counter() - began
    if any(codes):
        sys.exit(f"a command failed: {commands}")
    return seconds


def command(*words: str, options: Sequence[str] = ()) -> list[str]:
    """A training, or several."""
    return ["-m", "seqtasks", *words, *QUIET, *options]


def beside(timed: Timed, options: Sequence[str]) -> float:
    """The seconds of two trainings at once by those of one alone."""
    one = timed([command("seed=1", "hydra.run.dir=a", options=options)])
    two = timed([command(f"seed={n}", f"hydra.run.dir={n}", options=options) for n in (1, 2)])
    return two / one


def by_joblib(timed: Timed, options: Sequence[str]) -> float:
    """The seconds of eight runs with joblib by those of eight one after the other."""
    words = ("-m", "seed=1,2,3,4,5,6,7,8", "hydra.sweep.dir=made")
    plain = timed([command(*words, options=options)])
    return timed([command(*words, "launcher=joblib", options=options)]) / plain


def start(timed: Timed) -> float:
    """The seconds of a run of one batch in a sweep by those of a single one, without imports."""
    several = timed([command("-m", "seed=1,2,3,4,5,6,7,8,9", options=SHORT)])
    first = timed([command("-m", "seed=1", options=SHORT)])
    single = timed([command("seed=1", options=SHORT)])
    imports = timed([["-c", "import seqtasks.__main__, seqtasks.run"]])
    return ((several - first) / 8) / (single - imports)


def main(arguments: Sequence[str] | None = None, timed: Timed = seconds_of) -> None:
    """Print the medians of the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=8, help="of each training (default: 8)")
    parser.add_argument("--repeats", type=int, default=3, help="of each figure (default: 3)")
    given = parser.parse_args(arguments)
    options = (f"trainer.max_epochs={given.epochs}", "callbacks.early_stopping=null")
    rows = {
        "two trainings at once / one alone": lambda: beside(timed, options),
        "eight runs with joblib / one after the other": lambda: by_joblib(timed, options),
        "start of a run in a sweep / of a single run": lambda: start(timed),
    }
    for name, measure in rows.items():
        ratio = statistics.median(measure() for _ in range(given.repeats))
        print(f"{name:45} {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()
