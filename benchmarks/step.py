"""Where a training step's time goes: data, forward, backward, clipping, optimizer, and the rest.

    python benchmarks/step.py --options encoder.hidden_size=256 data.batching.batch_size=64

For each task on data that it makes itself: the median time from one batch to the next in a run of
`python -m seqtasks`, logs and progress bar included, and the parts of the same step in a bare loop
over the same loader, model and optimizer. What the run takes beyond the loop is the share of
Lightning, of logging and of our callbacks. Run and loop take turns; medians of all their steps but
the first ones.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import torch
from figures import Figures, add_options
from hydra.utils import instantiate
from torch import nn

import seqtasks
from seqtasks.api import prepare
from seqtasks.optim.fusing import fuse
from seqtasks.run import run

TASKS = ("tagging", "classification", "generation", "translation")
PARTS = ("data", "forward", "backward", "clip", "optimizer")
FIRST = 5
"""Steps at the beginning that do not count."""


def main() -> None:
    """Print the parts of a step for each task."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser, repeats=5)
    parser.add_argument("--tasks", nargs="+", default=TASKS, metavar="TASK")
    parser.add_argument("--steps", type=int, default=60, help="of each run and loop")
    parser.add_argument("--options", nargs="*", default=[], help="of python -m seqtasks")
    options = parser.parse_args()
    figures = Figures(options)
    for threads in figures.each_number_of_threads():
        for task in options.tasks:
            measure(figures, f"{task}, {threads}", [f"task={task}", *options.options])
    figures.write()


def measure(figures: Figures, title: str, words: list[str]) -> None:
    """Runs and loops in turn."""
    threads, steps = torch.get_num_threads(), figures.options.steps
    words = [*words, f"threads={threads}", f"trainer.max_steps={steps + FIRST}", "report=false"]
    inside: list[float] = []
    parts: dict[str, list[float]] = {name: [] for name in PARTS}
    for _ in range(figures.repeats):
        inside += in_run(words)
        for name, seconds in in_loop(words, steps).items():
            parts[name] += seconds
    whole = statistics.median(inside)
    medians = {name: statistics.median(seconds) for name, seconds in parts.items()}
    figures.note(f"{title}: a step, milliseconds", 1e3 * whole)
    for name, seconds in medians.items():
        figures.note(f"{title}: … {name}, milliseconds", 1e3 * seconds)
    figures.note(f"{title}: … share beyond the bare loop", 1 - sum(medians.values()) / whole)


def in_run(words: list[str]) -> list[float]:
    """Seconds of each step of a run."""
    with tempfile.TemporaryDirectory() as name, contextlib.redirect_stdout(io.StringIO()):
        path = Path(name) / "steps"
        probe = ["+callbacks.clock._target_=step_clock.StepClock", f"+callbacks.clock.path={path}"]
        limits = ["trainer.limit_val_batches=0", "trainer.limit_test_batches=0"]
        config = seqtasks.compose(*words, *probe, *limits, "trainer.max_epochs=1000")
        run(config, Path(name) / "run", words[0].partition("=")[2])
        times = [float(line) for line in path.read_text(encoding="utf-8").split()]
    return [after - before for before, after in pairwise(times[FIRST:])]


def in_loop(words: list[str], steps: int) -> dict[str, list[float]]:
    """Seconds of each part of each step of a bare loop."""
    config = seqtasks.compose(*words)
    data = prepare(config)
    task = instantiate(config.task)(data.vocabularies).train()
    optimizer = instantiate(config.optimizer)(task.parameters())
    fuse(optimizer)
    found: dict[str, list[float]] = {name: [] for name in PARTS}
    batches = endless(data)
    for number in range(steps + FIRST):
        times = [time.perf_counter()]
        batch = next(batches)
        times.append(time.perf_counter())
        streams = "first" in batch
        loss = task.loss(task.carry("train", batch) if streams else task(batch), batch).mean
        times.append(time.perf_counter())
        optimizer.zero_grad()
        loss.backward()
        times.append(time.perf_counter())
        nn.utils.clip_grad_norm_(task.parameters(), config.trainer.gradient_clip_val or 1e9)
        times.append(time.perf_counter())
        optimizer.step()
        times.append(time.perf_counter())
        if number >= FIRST:
            for name, (before, after) in zip(PARTS, pairwise(times), strict=True):
                found[name].append(after - before)
    return found


def endless(data: seqtasks.data.module.SequenceData) -> Iterator:
    """Batches of epoch after epoch."""
    while True:
        yield from data.train_dataloader()


if __name__ == "__main__":
    main()
