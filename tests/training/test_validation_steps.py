"""Validations within an epoch come between two steps of the optimizer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from seqtasks.task import Task
from seqtasks.training.validation_steps import BetweenSteps


@pytest.mark.parametrize(
    ("parts", "every", "rounded"),
    [(1, 5, 5), (4, 5, 4), (4, 3, 4), (4, 8, 8), (4, 10, 10), (4, float("inf"), float("inf"))],
)
def test_the_interval_is_rounded_to_steps_but_for_the_end_of_an_epoch(parts, every, rounded):
    trainer: Any = SimpleNamespace(
        accumulate_grad_batches=parts,
        val_check_batch=every,
        num_training_batches=10,
        check_val_every_n_epoch=1,
    )
    for begin in (BetweenSteps().on_train_start, BetweenSteps().on_train_epoch_start):
        begin(trainer, Task({}))
        assert trainer.val_check_batch == rounded
