"""The levels of a model learn one by one, from its output down.

Howard and Ruder 2018, "Universal language model fine-tuning for text classification", section 3.3
(gradual unfreezing).
"""

from __future__ import annotations

import pytorch_lightning as pl

from seqtasks.errors import check_least
from seqtasks.optim.layer_groups import LayerGroup, layer_groups


class GradualUnfreezing(pl.Callback):
    """The head learns alone at first; then one more level from the top joins at a time.

    The gradient of a level that does not learn yet is taken away before gradients are clipped; an
    optimizer passes over parameters without one. Which levels learn follows from the epoch alone,
    so that a resumed training goes on alike.

    Args:
        unfreeze_epochs: between one level and the next, at least 1.

    Raises:
        UsageError: the number is below 1.
    """

    def __init__(self, unfreeze_epochs: int = 1) -> None:
        self.epochs = check_least("unfreeze_epochs", unfreeze_epochs, 1)
        self.levels: list[LayerGroup] = []

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Find the levels, where the model is complete and in its place."""
        self.levels = layer_groups(pl_module)

    def on_after_backward(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        for level in self.levels[1 + trainer.current_epoch // self.epochs :]:
            for parameter in level.parameters:
                parameter.grad = None
