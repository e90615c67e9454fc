"""Training from the store against training from memory, on the same batches, in turn.

    python benchmarks/store.py --scale 0.05 --runs words pairs

The data are those of `scale.py`, of a twentieth of its sizes. Each round trains one model for some
steps on batches from the files that the store maps, and then on the same batches from arrays and
records that were copied into memory; figures are medians. The model is the task's own; `batches
alone` leaves it out, and takes more steps of an epoch in the same way.
"""

from __future__ import annotations

import argparse
import copy
import functools
import itertools
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from hydra.utils import instantiate
from scale import RUNS, add_data_options, files, options_of
from timing import interleaved, machine
from torch import nn

import seqtasks
from seqtasks.data.batch import Batch, lengths_of
from seqtasks.data.module import SequenceData


def main() -> None:
    """Print tokens a second of each; write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_options(parser, scale=0.05)
    parser.add_argument("--steps", type=int, default=10, help="of a round")
    parser.add_argument("--repeats", type=int, default=15, help="rounds of each")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    report: dict[str, Any] = {"machine": machine()}
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.runs:
            chosen = RUNS[name]
            size = round(chosen.size * options.scale)
            paths = files(options.folder or Path(scratch), chosen.files, size, options.book)
            config = seqtasks.compose(*options_of(chosen, paths), "encoder.hidden_size=128")
            report[name] = measure(config, options.steps, options.repeats)
            show(name, report[name])
    if options.json:
        options.json.write_text(json.dumps(report, indent=2))


def measure(config: Any, steps: int, repeats: int) -> dict[str, dict[str, float]]:
    """Tokens a second from the store and from memory, in training and of the batches alone."""
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies).train()
    held = in_memory(data)
    report = {}
    for kind, step in (("training", training(task)), ("batches alone", lambda batch: None)):
        runs = {
            "store": Rounds(data, step, steps),
            "memory": Rounds(held, step, steps),
        }
        seconds = interleaved(runs, repeats)
        tokens = runs["store"].tokens / (repeats + 1)  # of a round; one more warms up
        report[kind] = {name: tokens / each for name, each in seconds.items()}
    return report


def in_memory(data: SequenceData) -> SequenceData:
    """The same data with the training examples in memory, where no file is mapped."""
    held, train = copy.copy(data), copy.copy(data.datasets["train"])
    train.encoded = {name: copied(encoded) for name, encoded in train.encoded.items()}
    train.records = list(train.records)
    held.datasets = {**data.datasets, "train": train}
    return held


def copied(value: Any) -> Any:
    """An encoded field with its arrays in memory, as plain arrays, whatever holds them."""
    if isinstance(value, np.ndarray):
        return np.array(value)
    if hasattr(value, "__dict__"):
        made = copy.copy(value)
        vars(made).update({name: copied(part) for name, part in vars(value).items()})
        return made
    return value


class Rounds:
    """A step on each of the next training batches, whenever it is called.

    Args:
        data: after `setup`.
        step: what is done with a batch.
        steps: batches of a round.

    Attributes:
        tokens: in all batches so far.
    """

    def __init__(self, data: SequenceData, step: Callable[[Batch], object], steps: int) -> None:
        self.step, self.steps = step, steps
        self.lengths = [lengths_of(name) for name in data.fields]
        self.batches = endless(data)
        self.tokens = 0

    def __call__(self) -> None:
        for batch in itertools.islice(self.batches, self.steps):
            self.step(batch)
            self.tokens += sum(int(batch[name].sum()) for name in self.lengths if name in batch)


def endless(data: SequenceData) -> Iterator[Batch]:
    """Yield the training batches of one epoch after another."""
    loader = data.train_dataloader()
    for epoch in itertools.count():
        loader.sampler.set_epoch(epoch)
        yield from loader


def training(task: Any) -> Callable[[Batch], None]:
    """A step of a task, from a batch to updated weights."""
    optimizer = torch.optim.Adam(task.parameters())
    carry = getattr(task, "carry", None)  # of a language model, which keeps its state
    forward = task if carry is None else functools.partial(carry, "train")

    def step(batch: Batch) -> None:
        optimizer.zero_grad()
        task.loss(forward(batch), batch).mean.backward()
        nn.utils.clip_grad_norm_(task.parameters(), 1.0)
        optimizer.step()

    return step


def show(name: str, report: dict[str, dict[str, float]]) -> None:
    """Print the speeds of a run."""
    for kind, speeds in report.items():
        store, memory = speeds["store"], speeds["memory"]
        print(
            f"{name:>12}, {kind:<14} {store:>12,.0f} tokens/s from the store, {memory:>12,.0f} "
            f"from memory: {store / memory:.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
