"""Validations that come between two steps of the optimizer."""

from __future__ import annotations

import pytorch_lightning as pl


class BetweenSteps(pl.Callback):
    """Lets a validation within an epoch wait for no half step, where gradients are accumulated.

    ``trainer.val_check_interval`` counts batches; it is rounded down to whole steps, and up to one.
    Between the batches of a step, the weights are those that were validated before, and no
    checkpoint could be resumed from.
    """

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Round the interval: a training that is resumed within an epoch does not begin one."""
        parts, every = trainer.accumulate_grad_batches, trainer.val_check_batch
        # An epoch ends with a step; without a number of batches there is no validation.
        if parts > 1 and isinstance(every, int) and every != trainer.num_training_batches:
            trainer.val_check_batch = max(every // parts, 1) * parts

    on_train_epoch_start = on_train_start  # Lightning may have set the interval anew
