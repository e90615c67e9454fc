"""What happens around a step of training."""

from __future__ import annotations

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
