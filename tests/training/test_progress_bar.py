"""What a terminal shows of the progress of a training."""

from __future__ import annotations

import pytest
from pytorch_lightning import LightningModule, Trainer

from seqtasks.training.progress_bar import ProgressBar


@pytest.mark.parametrize(("epochs", "shown"), [(5, "Epoch 3/4"), (-1, "Epoch 3")])
def test_the_epochs_are_counted_where_their_number_is_known(epochs, shown):
    bar = ProgressBar()
    trainer = Trainer(max_epochs=epochs, callbacks=[bar], logger=False, accelerator="cpu")
    bar.setup(trainer, LightningModule(), "fit")
    assert bar._get_train_description(3).strip() == shown
