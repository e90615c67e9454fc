"""What happens around a step of training."""

from __future__ import annotations

import time

import pytorch_lightning as pl
import torch


class EpochSeed(pl.Callback):
    """Seeds torch from the run's seed and the epoch, so that a resumed run draws the same masks.

    Args:
        seed: of the run.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Seed the epoch; every process gets numbers of its own."""
        place = trainer.current_epoch * trainer.world_size + trainer.global_rank
        torch.manual_seed(self.seed * 1_000_003 + place)


class EpochLines(pl.Callback):
    """Prints one line an epoch, for output that goes to a file instead of a terminal."""

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Remember when the epoch began."""
        self.began = time.perf_counter()

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Print the validation scores."""
        scores = {n: v for n, v in trainer.callback_metrics.items() if n.startswith("val/")}
        shown = "  ".join(f"{name} {float(value):.4f}" for name, value in scores.items())
        seconds = time.perf_counter() - self.began
        if trainer.is_global_zero:
            print(f"epoch {trainer.current_epoch + 1}  {shown}  {seconds:.0f} s", flush=True)
