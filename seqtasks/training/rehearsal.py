"""What the test will take, found by scoring a little of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytorch_lightning as pl
import torch

from seqtasks.task import Task, evaluated

BATCHES = 3
"""As many are scored, from all over the split: batches are sorted by length."""


def tested(trainer: pl.Trainer) -> tuple[float, int]:
    """The batches that the test will score, as far as options allow, and the split's examples."""
    data: Any = trainer.datamodule  # type: ignore[attr-defined]
    count, limit = len(data.test_dataloader()), trainer.limit_test_batches
    batches = min(count, limit) if isinstance(limit, int) else count * limit
    return batches, len(data.datasets[data.test_split])


@torch.no_grad()
def rehearse(trainer: pl.Trainer, task: Task, clock: Callable[[], float]) -> float | None:
    """The seconds that a batch of the test takes, with the weights as they are.

    A search may be another one in the test than in validation. Nothing of it is kept. None where
    a batch cannot be scored alone, as its text goes on from another one.
    """
    data: Any = trainer.datamodule  # type: ignore[attr-defined]
    loader = data.test_dataloader()
    places = list(loader.sampler)
    if not places:
        return None
    chosen = [places[len(places) * (2 * n + 1) // (2 * BATCHES)] for n in range(BATCHES)]
    batches = [loader.dataset[place] for place in chosen]
    if "first" in batches[0]:
        return None
    scores, stage = task.split_scores("test"), trainer.state.stage
    trainer.testing = True
    try:
        with evaluated(task):
            began = clock()
            for batch in batches:
                task.evaluate(batch.to(task.device), scores)
            return (clock() - began) / BATCHES
    finally:
        trainer.state.stage = stage
        for metric in scores.values():
            metric.reset()
