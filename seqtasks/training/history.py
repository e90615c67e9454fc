"""What each epoch of a training came to, and the machine that it ran on."""

from __future__ import annotations

import os
import platform
import time
from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor

from seqtasks.cli.versions import version

EpochRow = dict[str, float]


class History(pl.Callback):
    """Keeps a row for each validation of a training; a resumed run goes on with those before it.

    Attributes:
        rows: ``epoch``, counted from 1, ``step``, ``seconds`` since the row before, ``train/loss``,
            the mean over the steps since then, the scores of the validation, and at the end of an
            epoch ``train/padding``, its share of padding.
    """

    def __init__(self) -> None:
        self.rows: list[EpochRow] = []
        self.restart()

    def restart(self, *_: Any, **__: Any) -> None:
        """Begin a row."""
        self.losses: list[Tensor] = []
        self.began = time.perf_counter()

    on_train_start = restart

    def on_train_batch_end(self, trainer: pl.Trainer, *_: Any) -> None:
        found = trainer.callback_metrics
        if "train/loss" in found:
            self.losses.append(found["train/loss"].detach())

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if trainer.sanity_checking or not self.losses:
            return
        row: EpochRow = {"epoch": trainer.current_epoch + 1, "step": trainer.global_step}
        row["seconds"] = round(time.perf_counter() - self.began, 3)
        row["train/loss"] = float(torch.stack(self.losses).float().mean())
        scores = trainer.callback_metrics.items()
        row |= {name: float(value) for name, value in scores if name.startswith("val/")}
        self.rows.append(row)
        self.restart()

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if self.rows and "train/padding" in trainer.callback_metrics:
            self.rows[-1]["train/padding"] = float(trainer.callback_metrics["train/padding"])

    def state_dict(self) -> dict[str, Any]:
        return {"rows": self.rows}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.rows = list(state_dict["rows"])


class EpochLines(pl.Callback):
    """Prints one line an epoch, for output that goes to a file instead of a terminal."""

    validated = False  # in this epoch

    def on_train_epoch_start(self, *_: Any, **__: Any) -> None:
        self.began = time.perf_counter()

    on_train_start = on_train_epoch_start

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        found = trainer.callback_metrics.items() if self.validated else ()
        shown = [f"{name} {float(value):.4f}" for name, value in found if name.startswith("val/")]
        parts = [f"epoch {trainer.current_epoch + 1}", *shown]
        parts.append(f"{time.perf_counter() - self.began:.0f} s")
        if trainer.is_global_zero:
            print("  ".join(parts), flush=True)
        self.validated = False

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self.validated = not trainer.sanity_checking


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
