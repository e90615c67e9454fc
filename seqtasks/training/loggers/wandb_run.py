"""Weights & Biases."""

from __future__ import annotations

from typing import Any

from pytorch_lightning.loggers import WandbLogger

from seqtasks.training.loggers.library import check_library


class WandbRun(WandbLogger):
    """Lightning's logger for W&B, which ends its run when the training ends.

    Another training of the same process would otherwise log to the run of the one before.

    Args:
        options: of Lightning's `WandbLogger`, and of ``wandb.init``.

    Raises:
        UsageError: wandb is not installed.
    """

    def __init__(self, **options: Any) -> None:
        check_library("wandb")
        super().__init__(**options)

    def end(self, failed: bool) -> None:
        """End the run, and say to W&B whether it has failed."""
        if self._experiment is not None:
            self._experiment.finish(exit_code=int(failed))
            self._experiment = None
