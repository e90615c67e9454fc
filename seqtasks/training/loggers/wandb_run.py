"""Weights & Biases."""

from __future__ import annotations

from typing import Any

from pytorch_lightning.loggers import WandbLogger

from seqtasks.training.loggers.library import check_library


class WandbRun(WandbLogger):
    """Lightning's logger for W&B, which ends its run when the training ends.

    Another training of the same process would otherwise log to the run of the one before.

    Args:
        offline: keep everything in the run's folder; Lightning sets a variable of the environment,
            which W&B reads but once in a process.
        options: of Lightning's `WandbLogger`, and of ``wandb.init``.

    Raises:
        UsageError: wandb is not installed.
    """

    def __init__(self, offline: bool = False, **options: Any) -> None:
        check_library("wandb")
        super().__init__(offline=offline, **options)
        if offline:
            self._offline = False
            self._wandb_init["mode"] = "offline"
        if self._wandb_init.get("anonymous") is None:  # an option that W&B warns of
            self._wandb_init.pop("anonymous", None)

    def end(self, failed: bool) -> None:
        """End the run, and say to W&B whether it has failed."""
        if self._experiment is not None:
            self._experiment.finish(exit_code=int(failed))
            self._experiment = None
