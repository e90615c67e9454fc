"""Seconds that a person waits: to the first batch of a training, and to the answer to one line.

    python benchmarks/start.py

Each command runs in a process of its own, in turn with one that only imports what it cannot do
without: torch and Lightning before a training, torch before a prediction. Medians; the first round
fills the caches of files and of data.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from figures import Figures, add_options

HERE = Path(__file__).parent
TASKS = ("tagging", "classification", "generation", "translation")


def main() -> None:
    """Print the seconds of each command beside its imports."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser, repeats=5)
    parser.add_argument("--tasks", nargs="+", default=TASKS, metavar="TASK")
    options = parser.parse_args()
    figures = Figures(options)
    figures.tell_machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for task in options.tasks:
            trained(folder, task)
            seconds = in_turn(
                {
                    "first batch": lambda task=task: first_batch(folder, task),
                    "torch and Lightning": lambda: python("import torch, pytorch_lightning"),
                    "one line": lambda task=task: one_line(folder, task),
                    "torch": lambda: python("import torch"),
                },
                options.repeats,
            )
            batch, line = seconds["first batch"], seconds["one line"]
            over = batch - seconds["torch and Lightning"], line - seconds["torch"]
            figures.note(f"{task}: first batch, seconds", round(batch, 2))
            figures.note(f"{task}: … beyond the import of torch and Lightning", round(over[0], 2))
            figures.note(f"{task}: one line predicted, seconds", round(line, 2))
            figures.note(f"{task}: … beyond the import of torch", round(over[1], 2))
    figures.write()


def in_turn(runs: dict[str, Callable[[], float]], repeats: int) -> dict[str, float]:
    """Median seconds of each, after a round that does not count."""
    found = [{name: run() for name, run in runs.items()} for _ in range(repeats + 1)]
    counted = found[1:] or found  # with no repeats the first round is all there is
    return {name: statistics.median(one[name] for one in counted) for name in runs}


def environment() -> dict[str, str]:
    """Where this folder's callbacks are found."""
    paths = [str(HERE), str(HERE.parent), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def call(folder: Path, *command: str, text: str = "") -> float:
    """Seconds of a command in a folder."""
    began = time.time()
    subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment(),
        input=text,
        text=True,
        check=True,
        capture_output=True,
    )
    return time.time() - began


def python(code: str) -> float:
    """Seconds of a line of Python."""
    return call(HERE, "-c", code)


def trained(folder: Path, task: str) -> None:
    """Leave a small bundle of a task in a folder."""
    call(folder, "-m", "seqtasks", f"task={task}", *SMALL)


SMALL = ["encoder.hidden_size=16", "trainer.max_epochs=1", "report=false", "logger=none"]


def first_batch(folder: Path, task: str) -> float:
    """Seconds from the command of a training to its first batch."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "time"
        probe = [
            "+callbacks.first._target_=first_batch.FirstBatch",
            f"+callbacks.first.path={path}",
            "trainer.max_steps=1",
            "trainer.limit_val_batches=0",
            "trainer.limit_test_batches=0",
            "report=false",
            f"hydra.run.dir={name}/run",
        ]
        began = time.time()
        call(folder, "-m", "seqtasks", f"task={task}", *probe)
        return float(path.read_text()) - began


def one_line(folder: Path, task: str) -> float:
    """Seconds of the prediction of a line."""
    bundle = f"runs/{task}/latest/bundle"
    if task == "generation":
        return call(folder, "-m", "seqtasks.generate", bundle, "--prompt", "the dog")
    return call(folder, "-m", "seqtasks.predict", bundle, text="the dogs watch the cat .\n")


if __name__ == "__main__":
    main()
