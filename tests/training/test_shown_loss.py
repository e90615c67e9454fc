"""When the loss of a training step is logged."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from seqtasks import task as tasks
from seqtasks.task import Task


@pytest.mark.parametrize(
    ("monitor", "last", "step", "ago", "logged"),
    [
        ("train/loss", False, 3, 0.0, True),
        ("val/loss", True, 3, 0.0, True),
        ("val/loss", False, 49, 0.0, True),
        ("val/loss", False, 3, 0.2, True),
        ("val/loss", False, 3, math.inf, True),
        ("val/loss", False, 3, 0.05, False),
    ],
)
def test_a_loss_is_logged_for_whoever_asks(monkeypatch, monitor, last, step, ago, logged):
    monkeypatch.setattr(tasks, "time", SimpleNamespace(monotonic=lambda: 100.0))
    task = Task({})
    task._trainer = SimpleNamespace(
        callbacks=[object(), SimpleNamespace(monitor=monitor)],
        is_last_batch=last,
        global_step=step,
        log_every_n_steps=50,
    )
    task.shown_at = 100.0 - ago
    assert task.is_looked_at() is logged
