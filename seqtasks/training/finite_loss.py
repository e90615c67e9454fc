"""The end of a training that went astray."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.trainer.states import TrainerFn
from torch import Tensor

from seqtasks.errors import SeqtasksError


class FiniteLoss(pl.Callback):
    """Stops training when the loss or a weight is no longer a finite number.

    On a CPU every loss is looked at as it comes. On a GPU that would make the processor wait, so
    losses are kept there and looked at together. The weights are looked at before each validation
    and each checkpoint, so that no checkpoint holds spoilt ones.

    Args:
        every: batches between two looks at the losses on a GPU.

    Raises:
        SeqtasksError: says in which batch, and where the last good checkpoint is.
    """

    def __init__(self, every: int = 50) -> None:
        self.every = every
        self.place = (0, 0)  # epoch and batch, counted from 1
        self.pending: list[tuple[tuple[int, int], Tensor]] = []

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: Any, *step: Any) -> None:
        """Keep the batch's loss, and look at all that are kept where it is time."""
        outputs, _, number = step
        self.place = (trainer.current_epoch + 1, number + 1)
        loss = outputs["loss"] if isinstance(outputs, Mapping) else outputs
        if (whole := getattr(pl_module, "whole_step", None)) is not None:
            loss = whole.objective  # that of all processes, which then stop together
        if loss is not None:
            self.pending.append((self.place, loss.detach()))
            if loss.device.type == "cpu" or len(self.pending) >= self.every:
                self.check_losses(trainer)

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if trainer.state.fn == TrainerFn.FITTING:
            self.on_save_checkpoint(trainer, pl_module)

    def on_save_checkpoint(self, trainer: pl.Trainer, pl_module: Any, *_: Any) -> None:
        self.check_losses(trainer)
        self.check_weights(trainer, pl_module)

    def check_losses(self, trainer: pl.Trainer) -> None:
        """Look at the losses taken since the last look."""
        taken, self.pending = self.pending, []
        losses = torch.stack([loss.float() for _, loss in taken]).tolist() if taken else []
        for ((epoch, batch), _), loss in zip(taken, losses, strict=True):
            if not math.isfinite(loss):
                raise SeqtasksError(
                    f"the loss is {loss} in epoch {epoch}, batch {batch}; {advice(trainer)}"
                )

    def check_weights(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Look at all weights."""
        finite = [weight.detach().isfinite().all() for weight in pl_module.parameters()]
        if finite and not torch.stack(finite).all():
            epoch, batch = self.place
            raise SeqtasksError(
                f"a weight is infinite or not a number after epoch {epoch}, batch {batch}; "
                f"{advice(trainer)}"
            )


def advice(trainer: pl.Trainer) -> str:
    """What can still be used after a training that went astray."""
    kept = sorted(trainer.checkpoint_callbacks, key=lambda c: getattr(c, "monitor", None) or "")
    paths = [str(getattr(callback, "best_model_path", "")) for callback in kept]
    found = [path for path in paths if path and Path(path).is_file()]
    lower = "try a lower optimizer.lr or trainer.gradient_clip_val"
    if not found:
        return f"no checkpoint was written before; {lower}"
    return f"the last good checkpoint is kept: {found[0]}; {lower}"
