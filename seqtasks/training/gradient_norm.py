"""How large the gradient is in training, before and after it is clipped."""

from __future__ import annotations

from typing import Any

import pytorch_lightning as pl
import torch

BEFORE, AFTER = "train/grad_norm", "train/grad_norm_clipped"
"""The names in the logs."""


class GradientNorm(pl.Callback):
    """Logs the norm of the whole gradient as it was computed and as the optimizer took it.

    The norm is Euclidean, over all parameters together: what clipping by norm compares with its
    limit (Pascanu et al. 2013, "On the difficulty of training recurrent neural networks",
    algorithm 1). It is taken at the steps that reach the loggers, every ``log_every_n_steps``;
    where there is no logger, never.
    """

    def __init__(self) -> None:
        self.due = False

    def on_before_optimizer_step(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, optimizer: torch.optim.Optimizer
    ) -> None:
        every: int = trainer.log_every_n_steps  # type: ignore[attr-defined]
        self.due = bool(trainer.loggers) and every > 0 and (trainer.global_step + 1) % every == 0
        if self.due:
            log(pl_module, BEFORE)

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: Any, *_: Any) -> None:
        if self.due:  # gradients stay as they were clipped until the next step
            log(pl_module, AFTER)
            self.due = False


def log(module: pl.LightningModule, name: str) -> None:
    """Log the Euclidean norm of all gradients as one vector, to the loggers alone."""
    gradients = [p.grad for p in module.parameters() if p.grad is not None]
    norm = torch.nn.utils.get_total_norm(gradients)
    module.log(name, norm, on_step=True, on_epoch=False, batch_size=1)
