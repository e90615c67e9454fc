"""The same training by one process or many, of one batch a step or several: how far they are apart.

``python tests/training/equivalence.py`` trains every kind of task by 1, 2 and 4 processes, each
with batches that are whole, in two parts and in three, also stopped within an epoch and resumed by
another number of processes, and prints the largest difference between weights. All trainings of one
number of processes run one after the other in the same processes, which takes minutes in place of
hours.
"""

from __future__ import annotations

import argparse
import io
import logging
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytorch_lightning as pl
import torch
from hydra import compose, initialize_config_module
from hydra.core.global_hydra import GlobalHydra
from torch import distributed

from seqtasks.cli.parts import make_part
from seqtasks.run import make_data, make_trainer
from seqtasks.training.history import History

BATCH = 12
"""Examples, or rows, of all processes and parts together: a multiple of every number of parts."""

PROCESSES, PARTS = (1, 2, 4), (1, 2, 3)

ALIKE = 1e-6
"""The largest difference between weights of equal trainings, in float64."""

SAMPLE = [
    "data.train.sentences=28",
    "data.val.sentences=8",
    "data.test.sentences=5",
    "encoder.hidden_size=8",
    "task.dropout_scale=0",
    "trainer.max_epochs=2",
    "trainer.precision=64-true",
    "trainer.log_every_n_steps=1",
    "trainer.enable_progress_bar=false",
    "callbacks.early_stopping=null",
    "callbacks.checkpoint=null",
    "callbacks.last.every_n_train_steps=3",
    "callbacks.last.filename='{step}'",
    "+callbacks.last.save_top_k=-1",
    "logger=none",
    "threads=1",
]

SENTENCES = ["data.reader.view=sentences", "data/batching=buckets"]

TASKS = {
    "generation of streams": ["task=generation", "data.batching.window=6"],
    "generation of varied windows": [
        "task=generation",
        "data.batching.window=12",
        "data.batching.vary_window=true",
        "task.head.alpha=2",
        "task.head.beta=1",
    ],
    "generation with an adaptive softmax": ["task=generation", "task/head=adaptive"],
    "generation of lines": ["task=generation", "data=sample"],
    "classification": ["task=classification"],
    "classification, balanced": ["task=classification", "data.batching.balance=label"],
    "tagging": ["task=tagging"],
    "tagging with a CRF": ["task=tagging", "task/head=crf"],
    "translation": ["task=translation", "task.search.max_length=6"],
    "joint": ["task=joint"],
}
"""The options of each kind of task."""

OPTIMIZERS = {"sgd": ["optimizer=sgd", "optimizer.lr=0.5"], "adam": ["optimizer=adam"]}


class Training(NamedTuple):
    """One training of a kind of task."""

    task: str
    optimizer: str
    parts: int

    @property
    def folder(self) -> str:
        """The name of its folder among those of the same number of processes."""
        return f"{self.task}, {self.optimizer}, {self.parts}"


def train(training: Training, folder: Path, processes: int, resumed: Path | None = None) -> None:
    """Train, and leave the weights, the history and the checkpoints in a folder."""
    chosen = [*TASKS[training.task], *OPTIMIZERS[training.optimizer]]
    chosen += [f"data.batching.batch_size={BATCH // training.parts}"]
    chosen += [f"trainer.accumulate_grad_batches={training.parts}", "trainer.accelerator=cpu"]
    chosen += [f"trainer.devices={processes}", f"paths.run='{folder}'"]
    if processes > 1:
        chosen.append("trainer.strategy=ddp")
    GlobalHydra.instance().clear()
    with initialize_config_module("seqtasks.conf", version_base="1.3"):
        config = compose("config", [*SAMPLE, *chosen])
    pl.seed_everything(config.seed, verbose=False)
    data, _ = make_data(config)
    factories = {key: make_part(config, key) for key in ("optimizer", "scheduler")}
    task: Any = make_part(config, "task")(data.vocabularies, **factories)
    trainer: Any = make_trainer(config, task)
    task.fit_to_training_data(data)
    trainer.fit(task, datamodule=data, ckpt_path=resumed)
    if trainer.is_global_zero:
        [history] = [callback for callback in trainer.callbacks if isinstance(callback, History)]
        torch.save({"weights": task.state_dict(), "history": history.rows}, folder / "end.pt")


def work(folder: Path, processes: int, rank: int, given: Sequence[Training], origin: int) -> None:
    """Do some trainings, one after the other, as one of several processes.

    With an ``origin`` each is resumed from the last checkpoint but one of that many processes.
    """
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    if processes > 1:
        # Lightning takes processes for those of torchrun, and the group that there is.
        names = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "GROUP_RANK")
        places = (rank, rank, processes, processes, 0)
        os.environ |= {name: str(place) for name, place in zip(names, places, strict=True)}
        os.environ["TORCHELASTIC_RUN_ID"] = "equivalence"
        method = f"file://{folder / f'group-{processes}-{origin}'}"
        distributed.init_process_group("gloo", method, rank=rank, world_size=processes)
    for training in given:
        own = folder / (f"{processes}, from {origin}" if origin else f"{processes}")
        resumed = None
        if origin:
            kept = (folder / f"{origin}" / training.folder / "checkpoints").glob("step=*.ckpt")
            resumed = sorted(kept, key=lambda path: int(path.stem[5:]))[-2]
        (own / training.folder).mkdir(parents=True, exist_ok=True)
        with redirect_stdout(io.StringIO()):
            train(training, own / training.folder, processes, resumed)
    if processes > 1:
        distributed.destroy_process_group()


def together(folder: Path, processes: int, given: Sequence[Training], origin: int = 0) -> None:
    """Do some trainings in so many processes, which this one waits for."""
    begun = []
    for rank in range(processes):
        place = [f"{number}" for number in (processes, rank, origin)]
        names = [f"{name}" for training in given for name in training]
        command = [sys.executable, __file__, "--folder", folder, "--work", *place, *names]
        begun.append(subprocess.Popen(command))
    try:
        while None in (codes := [process.poll() for process in begun]):
            if any(codes):
                break
            time.sleep(0.1)
    finally:
        for process in begun:
            process.kill()
            process.wait()
    if any(codes):
        raise SystemExit(f"a training in {processes} processes failed")


def apart(one: Path, other: Path) -> tuple[float, float]:
    """The largest difference between the weights of two trainings, and between their losses."""
    here, there = (torch.load(path / "end.pt") for path in (one, other))
    weights = [
        float((weight.double() - there["weights"][name].double()).abs().max())
        for name, weight in here["weights"].items()
        if weight.numel()
    ]
    losses = [
        abs(row[name] - same[name])
        for row, same in zip(here["history"], there["history"], strict=True)
        for name in row
        if name in ("step", "train/loss", "val/loss")
    ]
    return max(weights), max(losses)


def differences(
    folder: Path, tasks: Sequence[str], processes: Sequence[int], parts: Sequence[int]
) -> Iterator[tuple[str, float, float]]:
    """Yield for each training its name and how far it is from that of one process and one part.

    Every training is done whole, and resumed in its second epoch by another number of processes.
    """
    given = [Training(task, name, k) for task in tasks for name in OPTIMIZERS for k in parts]
    for count in processes:
        together(folder, count, given)
    for count, origin in zip(processes, [*processes[1:], processes[0]], strict=True):
        together(folder, count, [one for one in given if one.optimizer == "adam"], origin)
    for own in sorted(path for path in folder.iterdir() if path.is_dir()):
        for path in sorted(own.iterdir()):
            task, name, _ = path.name.rsplit(", ", 2)
            whole = folder / "1" / Training(task, name, 1).folder
            yield f"{own.name}: {path.name}", *apart(path, whole)


def main() -> None:
    """Print a line for each training, and the largest difference of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", help=f"of {', '.join(TASKS)}; all of them if none")
    parser.add_argument("--processes", type=int, nargs="+", default=PROCESSES)
    parser.add_argument("--parts", type=int, nargs="+", default=PARTS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--work", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        processes, rank, origin, *names = given.work
        trainings = [
            Training(*names[n : n + 2], int(names[n + 2])) for n in range(0, len(names), 3)
        ]
        work(given.folder, int(processes), int(rank), trainings, int(origin))
        return
    with tempfile.TemporaryDirectory() as folder:
        worst = 0.0
        for name, weights, losses in differences(
            Path(folder), given.tasks or [*TASKS], given.processes, given.parts
        ):
            worst = max(worst, weights, losses)
            print(f"{name}: weights {weights:.1e}, history {losses:.1e}", flush=True)
    print(f"largest difference: {worst:.1e}; {'equal' if worst <= ALIKE else 'NOT equal'}")
    sys.exit(worst > ALIKE)


if __name__ == "__main__":
    main()
