"""When each training step begins: a callback for `step.py`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytorch_lightning as pl


class StepClock(pl.Callback):
    """Writes the seconds at which each batch begins into a file, at the end of training.

    Args:
        path: the file.
    """

    def __init__(self, path: str) -> None:
        self.path, self.times = Path(path), list[float]()

    def on_train_batch_start(self, *others: Any) -> None:
        """Note the time."""
        self.times.append(time.perf_counter())

    def on_fit_end(self, *others: Any) -> None:
        """Write all of them."""
        self.path.write_text("\n".join(map(repr, self.times)), encoding="utf-8")
