"""The progress of a training in a terminal."""

from __future__ import annotations

from pytorch_lightning.callbacks import RichProgressBar


class ProgressBar(RichProgressBar):
    """Lightning's own; where nothing bounds the epochs, as under a budget, it counts them alone."""

    def _get_train_description(self, current_epoch: int) -> str:
        described: str = super()._get_train_description(current_epoch)
        return described.replace("/-2", "  ") if self.trainer.max_epochs == -1 else described
