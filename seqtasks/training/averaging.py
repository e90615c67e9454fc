"""Averages of the weights over training steps, which often generalise better than the last weights.

Once there is an average, the average is validated, kept as best, tested and saved; training goes on
with the weights themselves. A checkpoint's ``state_dict`` holds the average, and its ``averaging``
holds what a resumed training needs besides.

Lightning's ``WeightAveraging`` keeps a second copy of the whole model from the first step on, in
the types of the weights, and exchanges weights and average in a checkpoint that is written during
a validation.
"""

from __future__ import annotations

from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.trainer.states import TrainerFn
from torch import Tensor

from seqtasks.errors import UsageError, check_least
from seqtasks.kernels.scan import widest

Weights = dict[str, Tensor]


class WeightAverage(pl.Callback):
    """Keeps an average of the weights, and lends it to the model for validation and at the end.

    A subclass gives by `share` how much new weights count.

    Attributes:
        average: parameter name → the average, in 32 bits at least; None before it begins.
        own: the model's weights while the model has the average.
        count: updates of the average so far.
        step: the optimizer's step at the last update.
    """

    def __init__(self) -> None:
        self.average: Weights | None = None
        self.own: Weights | None = None
        self.count = self.step = 0

    def share(self) -> float:
        """The share of the new weights in the updated average, in [0, 1]."""
        raise NotImplementedError

    def begin(self, module: pl.LightningModule) -> None:
        """Begin an average with the weights as they are."""
        self.average = {
            name: weight.detach().to(widest(weight), copy=True) for name, weight in trained(module)
        }

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Move a resumed average to where the weights are."""
        self.step = trainer.global_step
        if self.average is not None:
            self.average = {
                name: self.average[name].to(weight.device) for name, weight in trained(pl_module)
            }

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: Any, *_: Any) -> None:
        if self.average is None or trainer.global_step == self.step:
            return
        self.step = trainer.global_step
        share = self.share()
        for name, weight in trained(pl_module):
            average = self.average[name]
            average.lerp_(weight.detach().to(average.dtype), share)
        self.count += 1

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if self.average is not None and trainer.state.fn == TrainerFn.FITTING:
            self.own = {name: weight.detach().clone() for name, weight in trained(pl_module)}
            put(pl_module, self.average)

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if self.own is not None:
            put(pl_module, self.own)
            self.own = None

    def on_fit_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if self.average is not None:
            put(pl_module, self.average)
            self.average = None

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Put the average in the place of the weights, and the weights beside it."""
        if self.average is None:
            return
        names = {id(weight): name for name, weight in trained(pl_module)}
        chosen, own = {}, {}
        for key, value in pl_module.state_dict(keep_vars=True).items():
            chosen[key] = value.detach()
            if (name := names.get(id(value))) is not None:
                own[name] = chosen[key] if self.own is None else self.own[name]
                chosen[key] = self.average[name].to(value.dtype)
        averaging = {"kind": type(self).__name__, "own": own, "average": self.average}
        checkpoint.update(state_dict=chosen, averaging=averaging)

    def on_load_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Go on with an interrupted training's weights, and with its average if of this kind."""
        kept = checkpoint.get("averaging")
        if kept is not None and trainer.state.fn == TrainerFn.FITTING:
            put(pl_module, kept["own"])
            if kept["kind"] == type(self).__name__:
                self.average = dict(kept["average"])

    def state_dict(self) -> dict[str, Any]:
        return {"count": self.count}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.count = state_dict["count"]


class ExponentialAverage(WeightAverage):
    """An exponential moving average: ``average ← decay · average + (1 - decay) · weights``.

    Polyak and Juditsky 1992. The warm-up, min(decay, (1 + t) / (10 + t)) at update t, comes from
    TensorFlow's ``ExponentialMovingAverage``: early weights are soon forgotten.

    Args:
        decay: in [0, 1); the average is mostly of the last 1 / (1 - decay) steps.
        warmup: whether to begin with a smaller decay.

    Raises:
        UsageError: the decay is out of range.
    """

    def __init__(self, decay: float = 0.999, warmup: bool = True) -> None:
        super().__init__()
        if not 0 <= decay < 1:
            raise UsageError(f"it is at least 0 and below 1, not {decay}", option="decay")
        self.decay, self.warmup = decay, warmup

    def share(self) -> float:
        warm = (1 + self.count) / (10 + self.count) if self.warmup else 1
        return 1 - min(self.decay, warm)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        if self.average is None:
            self.begin(pl_module)


class TriggeredAverage(WeightAverage):
    """The mean of all weights since validation stopped improving: NT-ASGD.

    Merity, Keskar and Socher 2018, "Regularizing and optimizing LSTM language models", section 3:
    averaging begins when a validation score is worse than the best of the scores more than
    ``interval`` checks before it. Meant for plain SGD at a constant rate.

    Args:
        monitor: the name of the validation score, given by the task.
        mode: ``min`` or ``max``, whichever is better, given by the task.
        interval: how many checks without improvement averaging waits for, at least 1.

    Raises:
        UsageError: the interval is too small, or early stopping would always come before it.
    """

    def __init__(self, monitor: str, mode: str, interval: int = 5) -> None:
        super().__init__()
        self.monitor, self.mode, self.interval = monitor, mode, check_least("interval", interval, 1)
        self.past: list[float] = []

    def share(self) -> float:
        """The same for all weights so far, the weights at the beginning included."""
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
        super().on_validation_end(trainer, pl_module)
        training = trainer.state.fn == TrainerFn.FITTING and not trainer.sanity_checking
        if self.average is not None or not training:
            return
        score = float(trainer.callback_metrics[self.monitor])
        before = self.past[: -self.interval]
        if before and (score > min(before) if self.mode == "min" else score < max(before)):
            self.begin(pl_module)
        self.past.append(score)

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "past": self.past}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict(state_dict)
        self.past = list(state_dict["past"])


def trained(module: pl.LightningModule) -> list[tuple[str, Tensor]]:
    """The parameters that the optimizer changes, of any shape, each once, with their names."""
    return [(name, p) for name, p in module.named_parameters() if p.requires_grad]


def put(module: pl.LightningModule, weights: Weights) -> None:
    """Copy weights into the model, by name."""
    with torch.no_grad():
        for name, weight in trained(module):
            weight.copy_(weights[name])
