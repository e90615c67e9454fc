"""When a run comes to its first training batch: a callback for `scale.py`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytorch_lightning as pl


class FirstBatch(pl.Callback):
    """Writes the time of the first training batch, in seconds since the epoch, into a file.

    Args:
        path: the file, which must not exist yet.
    """

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def on_train_batch_start(self, trainer: pl.Trainer, *others: Any) -> None:
        """Write it, in one process alone and once."""
        if trainer.is_global_zero and not self.path.exists():
            self.path.write_text(repr(time.time()))
