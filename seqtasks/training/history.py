"""What each epoch of a training came to, and the machine that it ran on."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor

from seqtasks.cli.duration import in_words
from seqtasks.cli.versions import version
from seqtasks.training.time_budget import budget_of

EpochRow = dict[str, float]


class History(pl.Callback):
    """Keeps a row for each validation of a training; a resumed run goes on with those before it.

    What a row is of it is of as a whole, also where the training was interrupted and resumed within
    it, and whatever the number of processes.

    Attributes:
        rows: ``epoch``, counted from 1, ``step``, ``seconds`` of training since the row before,
            ``train/loss``, the mean over the steps since then, the scores of the validation, and at
            the end of an epoch ``train/padding``, its share of padding, which is logged too.
        losses: of the steps since the last row.
        paddings: of the steps of the epoch.
        seconds: since the last row, before the training was resumed.
    """

    def __init__(self) -> None:
        self.rows: list[EpochRow] = []
        self.losses: list[Tensor] = []
        self.paddings: list[Tensor] = []
        self.seconds = 0.0
        self.began = time.perf_counter()

    def on_train_start(self, *_: Any) -> None:
        self.began = time.perf_counter()

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: Any, *_: Any) -> None:
        step = getattr(pl_module, "whole_step", None)
        if step is not None and not trainer.fit_loop._should_accumulate():
            self.losses.append(step.loss)
            self.paddings.append(step.padding)

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if trainer.sanity_checking or not self.losses:
            return
        row: EpochRow = {"epoch": trainer.current_epoch + 1, "step": trainer.global_step}
        row["seconds"] = round(self.elapsed(), 3)
        row["train/loss"] = float(joined(self.losses).mean())
        scores = trainer.callback_metrics.items()
        row |= {name: float(value) for name, value in scores if name.startswith("val/")}
        self.rows.append(row)
        self.losses, self.seconds, self.began = [], 0.0, time.perf_counter()

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if self.paddings:
            padding = joined(self.paddings).mean()
            pl_module.log("train/padding", padding, sync_dist=True)  # the same in all processes
            if self.rows:
                self.rows[-1]["train/padding"] = float(padding)
        self.paddings = []

    def elapsed(self) -> float:
        """Seconds of training since the last row."""
        return self.seconds + time.perf_counter() - self.began

    def state_dict(self) -> dict[str, Any]:
        kept = {"losses": joined(self.losses), "paddings": joined(self.paddings)}
        return {"rows": self.rows, **kept, "seconds": self.elapsed()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.rows, self.seconds = list(state_dict["rows"]), state_dict["seconds"]
        self.losses, self.paddings = (
            [kept] if len(kept := state_dict[name]) else [] for name in ("losses", "paddings")
        )


def joined(values: Sequence[Tensor]) -> Tensor:
    """(values,) float32, on the CPU, of single values and of those that are joined already."""
    parts = [one for one in values if one.dim()]
    if single := [one for one in values if not one.dim()]:
        parts.append(torch.stack(single).float().cpu())
    return torch.cat(parts) if parts else torch.zeros(0)


class EpochLines(pl.Callback):
    """Prints one line an epoch, for output that goes to a file instead of a terminal.

    Under a budget of time it is one line a validation, with the time that is used.
    """

    validated = False  # in this epoch

    def on_train_epoch_start(self, *_: Any, **__: Any) -> None:
        self.began = time.perf_counter()

    on_train_start = on_train_epoch_start

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if budget_of(trainer) is None:
            seconds = time.perf_counter() - self.began
            self.show(trainer, f"{trainer.current_epoch + 1}", f"{seconds:.0f} s")
        self.validated = False

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self.validated = not trainer.sanity_checking
        budget = budget_of(trainer)
        if budget is not None and self.validated:
            spent = f"{in_words(budget.used)} of {in_words(budget.seconds)}"
            self.show(trainer, f"{budget.epochs:.1f}", spent)

    def show(self, trainer: pl.Trainer, epoch: str, spent: str) -> None:
        """Print a line with the scores of a validation, if there was one, and the time spent."""
        found = trainer.callback_metrics.items() if self.validated else ()
        shown = [f"{name} {float(value):.4f}" for name, value in found if name.startswith("val/")]
        if trainer.is_global_zero:
            print("  ".join([f"epoch {epoch}", *shown, spent]), flush=True)


def environment(trainer: pl.Trainer) -> dict[str, Any]:
    """Versions, machine and device, as JSON takes them."""
    device = trainer.strategy.root_device
    names = ("seqtasks", "torch", "pytorch-lightning", "hydra-core", "torchmetrics", "numpy")
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in names},
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        "processes": trainer.world_size,
        "precision": str(trainer.precision),
    }
