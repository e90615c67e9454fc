"""The processor's seconds at the end of each epoch: a callback for `word_language_model.py`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytorch_lightning as pl


class CpuClock(pl.Callback):
    """Adds a line to a file for each epoch: the CPU seconds of training and validation so far.

    Args:
        path: the file.
    """

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.began = 0.0

    def on_train_start(self, *_: Any) -> None:
        self.began = time.process_time()

    def on_train_epoch_end(self, *_: Any) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{time.process_time() - self.began}\n")
