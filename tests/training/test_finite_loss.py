"""A training that goes astray ends at once and says where."""

from __future__ import annotations

import math
import sys
from types import SimpleNamespace

import pytest
import pytorch_lightning as pl
import torch
from hydra.utils import instantiate
from pytorch_lightning.trainer.states import TrainerFn
from small import SMALL

from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.errors import SeqtasksError
from seqtasks.run import make_trainer, run
from seqtasks.training.finite_loss import FiniteLoss

OPTIONS = ["task=generation", *SMALL, "task.sampling.max_length=5", "data.batching.batch_size=4"]


class Spoiler(pl.Callback):
    """Makes a weight infinite before or after a chosen batch."""

    def __init__(self, epoch: int, batch: int, when: str) -> None:
        self.epoch, self.batch, self.when = epoch, batch, when

    def spoil(self, trainer, module, batch_idx):
        chosen = self.batch % trainer.num_training_batches
        if (trainer.current_epoch, batch_idx) == (self.epoch, chosen):
            with torch.no_grad():
                next(module.parameters()).fill_(math.inf)

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
        if self.when == "before":
            self.spoil(trainer, pl_module, batch_idx)

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        if self.when == "after":
            self.spoil(trainer, pl_module, batch_idx)


def spoilt(composed, spoiler: Spoiler) -> str:
    """What is said of a training that is spoilt."""
    config = composed(*OPTIONS, "trainer.max_epochs=3")
    data = instantiate(config.data)
    data.setup()
    task = instantiate(config.task)(data.vocabularies)
    trainer = make_trainer(config, task)
    trainer.callbacks.insert(0, spoiler)
    with pytest.raises(SeqtasksError) as raised:
        trainer.fit(task, datamodule=data)
    return str(raised.value)


def test_a_loss_that_is_no_number_ends_training_at_its_batch(composed, tmp_path):
    said = spoilt(composed, Spoiler(1, 2, "before"))
    assert said.startswith("the loss is nan in epoch 2, batch 3; ")
    last = tmp_path / "run" / "checkpoints" / "last.ckpt"
    assert f"the last good checkpoint is kept: {last};" in said
    content = torch.load(last, weights_only=True)
    assert content["epoch"] == 0
    assert all(value.isfinite().all() for value in content["state_dict"].values())


def test_no_checkpoint_holds_spoilt_weights(composed, tmp_path):
    said = spoilt(composed, Spoiler(1, -1, "after"))
    assert said.startswith("a weight is infinite or not a number after epoch 2, batch ")
    for name in ("last", "best"):
        path = tmp_path / "run" / "checkpoints" / f"{name}.ckpt"
        state = torch.load(path, weights_only=True)["state_dict"]
        assert all(value.isfinite().all() for value in state.values())


def test_a_first_epoch_that_fails_is_one_line_and_code_1(composed, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["seqtasks"])
    options = ["optimizer=sgd", "optimizer.lr=1e30", "trainer.gradient_clip_val=null"]
    with pytest.raises(SystemExit) as stop, exit_on_error():
        run(composed(*OPTIONS, *options), tmp_path / "run", "generation")
    assert stop.value.code == 1
    error = capsys.readouterr().err
    assert error.startswith("seqtasks: the loss is nan in epoch 1, batch 2; no checkpoint was ")
    assert error.count("\n") == 1
    assert not (tmp_path / "run" / "bundle").exists()


class OnGPU:
    """A loss that lies on a GPU, as far as anyone can see."""

    device = SimpleNamespace(type="cuda")

    def __init__(self, value: float) -> None:
        self.value, self.looks = value, 0

    def detach(self):
        return self

    def float(self):
        self.looks += 1
        return torch.tensor(self.value)


def trainer_at(epoch: int) -> SimpleNamespace:
    state = SimpleNamespace(fn=TrainerFn.FITTING)
    return SimpleNamespace(current_epoch=epoch, checkpoint_callbacks=[], state=state)


def test_losses_on_a_gpu_are_looked_at_together():
    module, callback = pl.LightningModule(), FiniteLoss(every=4)
    losses = [OnGPU(value) for value in (1.0, 2.0, math.inf, math.nan)]
    for index, loss in enumerate(losses[:3]):
        callback.on_train_batch_end(trainer_at(0), module, {"loss": loss}, None, index)
    assert not any(loss.looks for loss in losses)
    with pytest.raises(SeqtasksError, match="the loss is inf in epoch 1, batch 3"):
        callback.on_train_batch_end(trainer_at(0), module, {"loss": losses[3]}, None, 3)


@pytest.mark.parametrize(("event", "more"), [("validation_start", []), ("save_checkpoint", [{}])])
def test_losses_are_looked_at_before_they_count(event, more):
    module, callback = pl.LightningModule(), FiniteLoss(every=50)
    callback.on_train_batch_end(trainer_at(3), module, {"loss": OnGPU(math.nan)}, None, 7)
    with pytest.raises(SeqtasksError, match="the loss is nan in epoch 4, batch 8"):
        getattr(callback, f"on_{event}")(trainer_at(3), module, *more)


def test_a_step_without_a_loss_is_no_failure():
    FiniteLoss().on_train_batch_end(trainer_at(0), pl.LightningModule(), None, None, 0)
