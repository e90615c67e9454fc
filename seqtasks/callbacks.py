"""What happens around a step of training."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint


class EpochSeed(pl.Callback):
    """Seeds torch from the run's seed and the epoch, so that a resumed run draws the same masks.

    Args:
        seed: of the run.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Seed the epoch at its first batch; every process gets numbers of its own."""
        if batch_idx > 0:
            return
        place = trainer.current_epoch * trainer.world_size + trainer.global_rank
        torch.manual_seed(self.seed * 1_000_003 + place)


class EpochLines(pl.Callback):
    """Prints one line an epoch, for output that goes to a file instead of a terminal."""

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Remember when the epoch began."""
        if batch_idx == 0:
            self.began = time.perf_counter()

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Print the validation scores."""
        scores = {n: v for n, v in trainer.callback_metrics.items() if n.startswith("val/")}
        shown = "  ".join(f"{name} {float(value):.4f}" for name, value in scores.items())
        seconds = time.perf_counter() - self.began
        if trainer.is_global_zero:
            print(f"epoch {trainer.current_epoch + 1}  {shown}  {seconds:.0f} s", flush=True)


class Checkpoint(ModelCheckpoint):
    """Keeps the best and the last weights; a resumed run takes the best so far along.

    Options are those of Lightning's `ModelCheckpoint`.
    """

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Copy the kept checkpoints of the interrupted run into this run's folder."""
        folder = Path(str(self.dirpath))

        def moved(path: str) -> str:
            target = folder / Path(path).name
            if path and Path(path).is_file() and not target.exists():
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)
            return str(target) if path and target.exists() else ""

        kept = {moved(path): score for path, score in state_dict["best_k_models"].items()}
        kept.pop("", None)
        paths = ("best_model_path", "kth_best_model_path", "last_model_path")
        state = {**state_dict, **{name: moved(state_dict[name]) for name in paths}}
        super().load_state_dict({**state, "best_k_models": kept, "dirpath": self.dirpath})
