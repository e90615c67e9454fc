"""Random numbers that a resumed run draws alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch


class BatchSeed(pl.Callback):
    """Seeds torch from the run's seed, the epoch and the batch: a resumed run draws the same masks.

    Args:
        seed: of the run.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def on_train_batch_start(self, trainer: pl.Trainer, pl_module: Any, *step: Any) -> None:
        _, batch_idx = step
        place = [self.seed, trainer.current_epoch, batch_idx, trainer.global_rank]
        [word] = np.random.SeedSequence(place).generate_state(1, np.uint64)
        torch.manual_seed(int(word))
