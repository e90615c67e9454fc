"""Validations that come between two steps of the optimizer."""

from __future__ import annotations

import pytorch_lightning as pl

from seqtasks.errors import UsageError


class BetweenSteps(pl.Callback):
    """Lets a validation within an epoch wait for no half step, where gradients are accumulated.

    ``trainer.val_check_interval`` counts batches; it is rounded down to whole steps, and up to one.
    Between the batches of a step, the weights are those that were validated before, and no
    checkpoint could be resumed from.

    Raises:
        UsageError: epochs end within a step, and validations are counted over epochs.
    """

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Round the interval: a training that is resumed within an epoch does not begin one."""
        parts, every = trainer.accumulate_grad_batches, trainer.val_check_batch
        batches = trainer.num_training_batches
        by_epoch = trainer.check_val_every_n_epoch is not None
        if not by_epoch and isinstance(batches, int) and batches % parts:
            raise UsageError(
                f"its {batches} batches end within a step of {parts}, and "
                "validations are counted over epochs; set a multiple, or check_val_every_n_epoch",
                option="trainer.limit_train_batches",
            )
        # An epoch ends with a step; without a number of batches there is no validation.
        if parts > 1 and isinstance(every, int) and every != batches:
            trainer.val_check_batch = max(every // parts, 1) * parts

    on_train_epoch_start = on_train_start  # Lightning may have set the interval anew
