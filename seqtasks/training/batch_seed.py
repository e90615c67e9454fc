"""Random numbers that a resumed run draws alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch


class BatchSeed(pl.Callback):
    """Seeds torch from the run's seed, the epoch and the step: a resumed run draws the same masks.

    Each process, and each of several batches of a step, draws its own. What has to be the same in
    all of them is drawn with the batch's ``seed``.

    Args:
        seed: of the run.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: Any, batch: Any, batch_idx: int
    ) -> None:
        step, part = divmod(batch_idx, trainer.accumulate_grad_batches)
        place = [self.seed, trainer.current_epoch, step]
        seed = word(*place, part * trainer.world_size + trainer.global_rank)
        if pl_module.device.type == "cpu":
            torch.default_generator.manual_seed(seed)  # `torch.manual_seed` asks for all GPUs
        else:
            torch.manual_seed(seed)
        if isinstance(batch, dict):
            batch["seed"] = word(*place, 0)


def word(*place: int) -> int:
    """A number of 64 bits that follows from some numbers, each at least 0."""
    [found] = np.random.SeedSequence(place).generate_state(1, np.uint64)
    return int(found)
