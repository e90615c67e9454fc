"""Averages of the weights over training steps, which often generalise better than the last ones.

While an average is there, it is what is validated, kept as best, tested and saved; training goes on
with the weights themselves. A checkpoint's ``state_dict`` holds the average, and its ``averaging``
what a resumed training needs besides.
"""

from __future__ import annotations

from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.trainer.states import TrainerFn
from torch import Tensor

from seqtasks.errors import UsageError

Weights = dict[str, Tensor]


class WeightAverage(pl.Callback):
    """Keeps an average of the weights and lends it to the model for validation and at the end.

    A subclass says by `share` what it is an average of.

    Attributes:
        average: parameter name → its average; None while there is none.
        count: updates of the average so far.
    """

    def __init__(self) -> None:
        self.average: Weights | None = None
        self.own: Weights | None = None  # the model's weights while it has the average
        self.count = 0
        self.step = 0  # the optimizer's, at the last update

    def share(self) -> float:
        """The share of the new weights in the updated average, in [0, 1]."""
        raise NotImplementedError

    def begin(self, module: pl.LightningModule) -> None:
        """Begin an average with the weights as they are."""
        self.average = {
            name: weight.detach().to(exact(weight), copy=True) for name, weight in trained(module)
        }

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Move a resumed average to where the weights are."""
        self.step = trainer.global_step
        if self.average is not None:
            self.average = {
                name: self.average[name].to(weight.device) for name, weight in trained(pl_module)
            }

    def on_train_batch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """Update the average where the optimizer has made a step."""
        if self.average is None or trainer.global_step == self.step:
            return
        self.step = trainer.global_step
        share = self.share()
        for name, weight in trained(pl_module):
            average = self.average[name]
            average.lerp_(weight.detach().to(average.dtype), share)
        self.count += 1

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Give the model the average."""
        if self.average is not None and trainer.state.fn == TrainerFn.FITTING:
            self.own = {name: weight.detach().clone() for name, weight in trained(pl_module)}
            put(pl_module, self.average)

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Give the model its own weights back."""
        if self.own is not None:
            put(pl_module, self.own)
            self.own = None

    def on_fit_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Leave the average in the model."""
        if self.average is not None:
            put(pl_module, self.average)
            self.average = None

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Put the average in the place of the weights, and these beside it."""
        if self.average is None:
            return
        names = {id(weight): name for name, weight in trained(pl_module)}
        chosen, own = {}, {}
        for key, value in pl_module.state_dict(keep_vars=True).items():
            name = names.get(id(value))
            if name is None:
                chosen[key] = value.detach()
            else:
                chosen[key] = self.average[name].to(value.dtype)
                own[name] = (self.own or {name: value.detach()})[name]
        checkpoint["state_dict"] = chosen
        kind = type(self).__name__
        checkpoint["averaging"] = {"kind": kind, "own": own, "average": self.average}

    def on_load_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Go on with the weights of an interrupted training, and with its average of this kind."""
        kept = checkpoint.get("averaging")
        if kept is not None and trainer.state.fn == TrainerFn.FITTING:
            put(pl_module, kept["own"])
            if kept["kind"] == type(self).__name__:
                self.average = dict(kept["average"])

    def state_dict(self) -> dict[str, Any]:
        """What a resumed training needs besides weights."""
        return {"count": self.count}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take it."""
        self.count = state_dict["count"]


class ExponentialAverage(WeightAverage):
    """An exponential moving average: ``average ← decay · average + (1 - decay) · weights``.

    Polyak and Juditsky 1992 for averaging as such; the warm-up, min(decay, (1 + t) / (10 + t)) at
    update t, is that of TensorFlow's ``ExponentialMovingAverage``: early weights are soon
    forgotten.

    Args:
        decay: in [0, 1); about 1 / (1 - decay) steps have part in the average.
        warmup: begin with a smaller decay.

    Raises:
        UsageError: the decay is out of range.
    """

    def __init__(self, decay: float = 0.999, warmup: bool = True) -> None:
        super().__init__()
        if not 0 <= decay < 1:
            raise UsageError(f"callbacks.averaging.decay is at least 0 and below 1, not {decay}")
        self.decay, self.warmup = decay, warmup

    def share(self) -> float:
        """1 - decay."""
        if self.warmup:
            return 1 - min(self.decay, (1 + self.count) / (10 + self.count))
        return 1 - self.decay

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Begin the average, or go on with that of an interrupted training."""
        super().on_train_start(trainer, pl_module)
        if self.average is None:
            self.begin(pl_module)


class TriggeredAverage(WeightAverage):
    """The mean of all weights since validation stopped improving: NT-ASGD.

    Merity, Keskar and Socher 2018, "Regularizing and optimizing LSTM language models", section 3:
    averaging begins when a validation score is worse than the best of those more than ``interval``
    checks before it. Meant for plain SGD at a constant rate.

    Args:
        monitor: the validation score, given by the task.
        mode: ``min`` or ``max``, whichever is better, given by the task.
        interval: checks without improvement that are put up with, at least 1.

    Raises:
        UsageError: the interval is too small, or early stopping would always come before it.
    """

    def __init__(self, monitor: str, mode: str, interval: int = 5) -> None:
        super().__init__()
        if interval < 1:
            raise UsageError(f"callbacks.averaging.interval is at least 1, not {interval}")
        self.monitor, self.mode, self.interval = monitor, mode, interval
        self.past: list[float] = []

    def share(self) -> float:
        """Equal shares for all weights so far; those it began with count too."""
        return 1 / (self.count + 2)

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Refuse an early stop that leaves averaging no time."""
        for callback in trainer.early_stopping_callbacks:
            patience = getattr(callback, "patience", None)
            if patience is not None and patience <= self.interval + 1:
                raise UsageError(
                    f"callbacks.early_stopping.patience={patience} stops training before averaging "
                    f"begins; it is above callbacks.averaging.interval + 1 = {self.interval + 1}"
                )

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Take the score, and begin the average where it is time."""
        super().on_validation_end(trainer, pl_module)
        if self.average is not None or trainer.state.fn != TrainerFn.FITTING:
            return
        if trainer.sanity_checking:
            return
        score = float(trainer.callback_metrics[self.monitor])
        before = self.past[: max(len(self.past) - self.interval, 0)]
        if before and (score > min(before) if self.mode == "min" else score < max(before)):
            self.begin(pl_module)
        self.past.append(score)

    def state_dict(self) -> dict[str, Any]:
        """The scores so far besides."""
        return {**super().state_dict(), "past": self.past}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take them."""
        super().load_state_dict(state_dict)
        self.past = list(state_dict["past"])


def trained(module: pl.LightningModule) -> list[tuple[str, Tensor]]:
    """The parameters that the optimizer changes, each once."""
    return [(name, p) for name, p in module.named_parameters() if p.requires_grad]


def exact(weight: Tensor) -> torch.dtype:
    """A type in which many small changes add up."""
    return torch.promote_types(weight.dtype, torch.float32)


def put(module: pl.LightningModule, weights: Weights) -> None:
    """Copy weights into the model, by name."""
    with torch.no_grad():
        for name, weight in trained(module):
            weight.copy_(weights[name])
