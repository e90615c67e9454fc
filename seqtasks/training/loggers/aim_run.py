"""Aim."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from pytorch_lightning.loggers import Logger

from seqtasks.training.loggers.library import check_library

SUBSETS = {"train": "train/", "val": "val/", "test": "test/"}
"""What the names of scores begin with, by which Aim tells them apart."""


def aim_run(tags: Sequence[str] = (), **options: Any) -> Logger:
    """Aim's own logger for Lightning, which gives its run tags besides.

    Args:
        tags: of the run.
        options: of Aim's `AimLogger`.

    Raises:
        UsageError: Aim is not installed.
    """
    check_library("aim")
    adapter: Any = importlib.import_module("aim.pytorch_lightning")
    kind: Any = adapter.AimLogger

    class AimRun(kind, Logger):  # AimLogger's own base may be of the package `lightning`
        tagged = False

        def log_hyperparams(self, params: Any) -> None:
            kind.log_hyperparams(self, params)
            if not self.tagged:
                self.tagged = True
                for tag in tags:
                    self.experiment.add_tag(tag)

        def finalize(self, status: str = "") -> None:
            """Keep the run open between the training and the test."""

        def end(self, failed: bool) -> None:
            kind.finalize(self, "failed" if failed else "success")

    return AimRun(context_prefixes={"subset": dict(SUBSETS)}, **options)
