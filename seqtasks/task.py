"""What every task has in common: steps, exact scores, the optimizer."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

from seqtasks import metrics
from seqtasks.data.batch import Batch, lengths_of
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.embedding import TokenEmbedding
from seqtasks.encoder.dropout import scale_dropout
from seqtasks.errors import UsageError, check_least, located, refused_as
from seqtasks.graphs.graph import Graph, Run, attach_batch, batch_graph
from seqtasks.heads.loss import Loss
from seqtasks.optim.fusing import fuse
from seqtasks.optim.layer_groups import groups_by_layer
from seqtasks.optim.pace import Pace
from seqtasks.optim.schedules import scheduled
from seqtasks.optim.whole_step import WholeStep, of_one_batch, of_several, rescale

if TYPE_CHECKING:
    from pytorch_lightning import LightningModule
    from torchmetrics import Metric

    from seqtasks.baselines.budget import Budget
    from seqtasks.data.module import SequenceData
else:
    from seqtasks.lightning import LightningModule

Scores = dict[str, float]

BETWEEN = 0.1
"""Seconds between two losses of training steps that are shown to a person."""


class Task(LightningModule):
    """A model, its loss and its scores; subclass it and write what is particular.

    A subclass builds its parts in ``__init__`` and defines `forward`, `loss` and `predict`;
    `metrics` and `score` add scores, `baselines` the naive ones to stand beside them.

    Args:
        vocabularies: field name → vocabulary, as the data module fitted them.
        optimizer: makes the optimizer from the parameters; Adam by default.
        scheduler: makes the learning-rate schedule from the optimizer
            (`seqtasks.optim.schedules.scheduled`); `ReduceLROnPlateau` follows the monitored score.
        dropout_scale: multiplies every dropout rate of the model, once, before training; at least
            0 (`seqtasks.encoder.dropout.scale_dropout`).
        layer_factor: above 0; each level below the heads learns at the rate of the level above it
            divided by this (`seqtasks.optim.layer_groups`).

    Attributes:
        inputs: the fields that a person gives at prediction time, the main one first.
        target: the field that is predicted, or None.
        pipeline: what the Hugging Face Hub calls such tasks; None where it has no name.
        monitor: the score by which the best checkpoint is chosen.
        mode: ``min`` or ``max``, whichever is better.
        tables: of the split scored last, the metrics that are not one number, for `report`.
        unseen: by field, the labels of the data that training never shows; see `expect`.
        whole_step: what the last step of training came to; None before it.
        pace: how far a training has come whose length follows from a clock; None for others.
        shown_at: when the loss of a training step was last logged, by `time.monotonic`.
        unused: beginnings of the names of parameters that no prediction needs.
    """

    whole_step: WholeStep | None = None
    pace: Pace | None = None
    shown_at = -math.inf
    inputs: tuple[str, ...] = ("tokens",)
    unused: tuple[str, ...] = ()
    target: str | None = None
    pipeline: str | None = None
    monitor = "val/loss"
    mode = "min"

    def __init__(
        self,
        vocabularies: Mapping[str, Vocabulary],
        *,
        optimizer: Callable[..., torch.optim.Optimizer] | None = None,
        scheduler: Callable[..., Any] | None = None,
        dropout_scale: float = 1.0,
        layer_factor: float = 1.0,
    ) -> None:
        super().__init__()
        self.vocabularies = dict(vocabularies)
        self.make_optimizer = optimizer or torch.optim.Adam
        self.make_scheduler = scheduler
        self.dropout_scale = check_least("dropout_scale", dropout_scale)
        if not layer_factor > 0:
            raise UsageError(f"it is above 0, not {layer_factor}", option="layer_factor")
        self.layer_factor = layer_factor
        self.scores = nn.ModuleDict()
        self.tables: dict[str, Tensor] = {}
        self.unseen: dict[str, Sequence[str]] = {}

    def forward(self, batch: Batch) -> Any:
        """The model's outputs for a batch, as `loss` and `score` take them."""
        raise NotImplementedError

    def loss(self, outputs: Any, batch: Batch) -> Loss:
        """The loss summed over a batch, and over how many steps or examples."""
        raise NotImplementedError

    def predict(self, batch: Batch) -> list[str] | list[list[str]]:
        """For each example of a batch of inputs a text or label, or a list of labels."""
        raise NotImplementedError

    def metrics(self) -> dict[str, Metric]:
        """Fresh metrics by name, beside ``loss``."""
        return {}

    def test_metrics(self) -> dict[str, Metric]:
        """Fresh metrics by name that the test alone has, beside the others."""
        return {}

    def score(self, metrics: Mapping[str, Any], outputs: Any, batch: Batch) -> None:
        """Update the metrics with a batch."""

    def baselines(self, data: SequenceData, budget: Budget) -> dict[str, Scores]:
        """After training: scores of naive methods on the test split, by the method's name.

        In a training on several processes the first one alone computes them. What takes long goes
        by the budget.
        """
        return {}

    def fit_to_training_data(self, data: SequenceData) -> None:
        """Before training: learn from the training data what takes no network."""

    def calibrate(self, data: SequenceData) -> None:
        """After training, with the best weights: fit to the validation data what is left open."""

    @property
    def calibration_passes(self) -> int:
        """As many validations take the time of `calibrate`, at most as a rule."""
        return 0

    def report(self) -> dict[str, Any]:
        """After the test: what it says beside its scores, as JSON takes it."""
        return {}

    def graphs(self, batch: Batch) -> list[Graph]:
        """What `seqtasks.export` writes of this model, from an example: here `forward`."""
        return [batch_graph(batch, "outputs", self)]

    def attach(self, runs: Mapping[str, Run]) -> None:
        """Let what runs each of `graphs`, by name, compute in the place of the model's weights."""
        attach_batch(self, "forward", "outputs", runs)

    def evaluate(self, batch: Batch, metrics: Mapping[str, Any]) -> None:
        """Run the model on a batch and update every metric."""
        outputs = self(batch)
        loss = self.loss(outputs, batch)
        metrics["loss"].update(loss.total, loss.count)
        self.score(metrics, outputs, batch)

    def setup(self, stage: str) -> None:
        """Scale the dropout and make the metrics."""
        if not self.scores:
            scale_dropout(self, self.dropout_scale)
        if any(isinstance(part, nn.AdaptiveLogSoftmaxWithLoss) for part in self.modules()):
            # Clusters without a word in a step have no gradient, in whatever process.
            strategy: Any = None if self._trainer is None else self.trainer.strategy
            getattr(strategy, "_ddp_kwargs", {})["find_unused_parameters"] = True
        data = None if self._trainer is None else getattr(self._trainer, "datamodule", None)
        self.expect(getattr(data, "unseen", self.unseen))

    def expect(self, unseen: Mapping[str, Sequence[str]]) -> None:
        """Make the metrics, one set for validation and one for the test.

        Args:
            unseen: by field, the labels that the data scored has and training never shows. Their
                numbers are those behind the field's vocabulary.
        """
        if self.scores and unseen == self.unseen:
            return
        self.unseen = dict(unseen)
        for split in ("val", "test"):
            self.scores[split] = nn.ModuleDict({"loss": metrics.MeanLoss(), **self.metrics()})
        self.scores["test"].update(self.test_metrics())  # type: ignore[operator]

    def prepare(self) -> list[str]:
        """Let each part read its initial file before a new training, and give lines to show."""
        lines = []
        for name, part in self.named_modules():
            if isinstance(part, TokenEmbedding):
                with located(f"task.{name}"):
                    lines.append(part.prepare())
        return [*filter(None, lines)]

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """Hold vectors that are not to be tuned yet; of the gradient, before it is clipped."""
        for part in self.modules():
            if isinstance(part, TokenEmbedding):
                part.withhold(self.current_epoch)

    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        """What the step minimises, a scalar, as `learn` gives it."""
        return self.learn(self.loss(self(batch), batch), batch, batch_index)

    def learn(self, loss: Loss, batch: Batch, batch_index: int) -> Tensor:
        """What a training step minimises, a scalar, so that processes and batches make one mean.

        The step of the optimizer minimises the mean over the real steps of all processes and of
        all batches whose gradients are accumulated (`of_several`); what is logged is that mean.
        Nothing here waits for a GPU.

        Raises:
            UsageError: gradients are accumulated for several losses, and nothing tells how much
                there is to learn from.
        """
        batches, processes = self.trainer.accumulate_grad_batches, self.trainer.world_size
        if not batch.is_counted:
            loss = loss.uncounted
        if batches * processes == 1:
            minimised, step = of_one_batch(loss, *self.places(batch))
        else:
            begins = batch_index % batches == 0
            minimised, step = of_several(
                loss,
                *self.places(batch),
                before=None if begins else self.whole_step,
                batches=batches,
                processes=processes,
                ahead=self.ahead(loss, batch, batch_index) if begins and batches > 1 else None,
            )
        self.whole_step = step
        if not self.trainer.fit_loop._should_accumulate() and self.is_looked_at():
            shown: dict[str, Any] = {"prog_bar": True, "on_step": True, "on_epoch": False}
            self.log("train/loss", step.loss, **shown, batch_size=1)
        return minimised

    def is_looked_at(self) -> bool:
        """Whether a logger or a callback asks for this step's loss, or it is news to a person.

        To log it takes Lightning half a millisecond.
        """
        trainer, now = self.trainer, time.monotonic()
        watchers: list[Any] = [self, *trainer.callbacks]  # type: ignore[attr-defined]
        if any(getattr(one, "monitor", None) == "train/loss" for one in watchers):
            return True
        every: int = trainer.log_every_n_steps  # type: ignore[attr-defined]
        logged = trainer.is_last_batch or (every > 0 and (trainer.global_step + 1) % every == 0)
        if not logged and now - self.shown_at < BETWEEN:
            return False
        self.shown_at = now
        return True

    @torch.no_grad()
    def ahead(self, loss: Loss, batch: Batch, batch_index: int) -> Tensor | None:
        """(terms,) over how many steps a loss of several terms is, in the batches that follow.

        They are those of the optimizer's step that a batch begins; None where it is not needed. The
        model reads each of them once more for it, as in evaluation.
        """
        if not loss.parts:
            return None
        if "ahead" not in batch:
            raise UsageError(
                "it goes with several losses where the data deals out each batch in parts, as "
                "data/batching=buckets does; set it to 1",
                option="trainer.accumulate_grad_batches",
            )
        left = int(min(len(batch.ahead), self.trainer.num_training_batches - batch_index - 1))
        counts = torch.zeros(len(loss.parts), device=self.device, dtype=torch.int64)
        with evaluated(self):
            for later in batch.ahead[:left]:
                if later.is_counted:
                    there = later.to(self.device)
                    parts = self.loss(self(there), there).parts
                    counts = counts + torch.stack([one.count for _, one in parts])
        return counts

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take weights in the type of the training; Lightning would read 64 bits into 32."""
        if self._trainer is not None:
            self.trainer.precision_plugin.convert_module(self)

    def on_after_backward(self) -> None:
        """Put the gradient of several batches right once it is whole, before anything sees it."""
        factor = None if self.whole_step is None else self.whole_step.rescale
        if factor is not None and not self.trainer.fit_loop._should_accumulate():
            rescale(self, factor)

    def places(self, batch: Batch) -> tuple[Tensor, int]:
        """How many real tokens a batch has, a scalar, and how many it has room for.

        Both are 0 where the batch is not counted.
        """
        places, real = 0, [torch.zeros((), dtype=torch.int64, device=self.device)]
        for name in {*self.inputs, self.target or ""} if batch.is_counted else ():
            lengths = batch.get(lengths_of(name))
            if lengths is not None:
                places += batch[name].shape[:2].numel()
                real.append(lengths.sum())
        return torch.stack(real).sum(), places

    def validation_step(self, batch: Batch, batch_index: int) -> None:
        if batch.is_counted:
            self.evaluate(batch, self.split_scores("val"))

    def test_step(self, batch: Batch, batch_index: int) -> None:
        """Score a test batch in the model's own type, as the saved model is used."""
        if batch.is_counted:
            with torch.autocast(self.device.type, enabled=False):
                self.evaluate(batch, self.split_scores("test"))

    def on_validation_epoch_end(self) -> None:
        self.log_scores("val")
        if self.trainer.state.fn == "fit" and not self.trainer.sanity_checking:
            self.advance_schedules(plateau=True)

    def on_train_epoch_end(self) -> None:
        if not self.trainer.fit_loop.restarted_on_epoch_end:  # Lightning ends it once more
            self.advance_schedules(plateau=False)

    def advance_schedules(self, plateau: bool) -> None:
        """Advance schedules by an epoch, so early that the epoch's checkpoint holds the step."""
        for entry in self.trainer.lr_scheduler_configs:
            schedule: Any = entry.scheduler
            if entry.interval == "epoch" and isinstance(schedule, ReduceLROnPlateau) == plateau:
                score = [float(self.trainer.callback_metrics[self.monitor])] if plateau else []
                schedule.step(*score)

    def lr_scheduler_step(self, scheduler: Any, metric: Any) -> None:
        """Let Lightning advance the schedules that count steps; it resumes those rightly.

        Those of a training with a pace are advanced by that.
        """
        entries = self.trainer.lr_scheduler_configs if self.pace is None else ()
        if any(entry.scheduler is scheduler and entry.interval == "step" for entry in entries):
            scheduler.step()

    def on_test_epoch_end(self) -> None:
        self.log_scores("test")

    def split_scores(self, split: str) -> Mapping[str, Any]:
        """The metrics of a split, by name."""
        metrics: Any = self.scores[split]
        return dict(metrics.items())

    def log_scores(self, split: str) -> None:
        """Compute, log and reset the metrics of a split."""
        for name, value in self.compute_and_reset(split).items():
            shown = f"{split}/{name}" == self.monitor
            # Metrics add up over processes themselves; the mean over them is that value.
            self.log(f"{split}/{name}", value, prog_bar=shown, sync_dist=True)

    def compute_and_reset(self, split: str) -> dict[str, Tensor]:
        """Compute and reset the metrics of a split: the scores, scalars, float32.

        Tables, which are not one number, are kept apart.
        """
        scores: dict[str, Tensor] = {}
        for name, metric in self.split_scores(split).items():
            value = metric.compute()
            if value.dim():
                self.tables[name] = value.cpu()
            else:
                scores[name] = value.float()
            metric.reset()
        return scores

    def progress(self) -> float | None:
        """The share of training that is done; 1 without a trainer, None where no end is set."""
        if self._trainer is None:
            return 1.0
        if self.pace is not None:
            return self.pace.share
        steps = self.trainer.estimated_stepping_batches
        return None if steps == float("inf") else min(1.0, self.trainer.global_step / steps)

    def parameter_groups(self) -> list[Any]:
        """What the optimizer takes: parameters, or a group for each level with its own rate."""
        if self.layer_factor == 1:
            return [p for p in self.parameters() if p.requires_grad]
        return groups_by_layer(self)

    def configure_optimizers(self) -> Any:
        """The optimizer, and the schedule where one is given."""
        with refused_as("optimizer"):
            optimizer = self.make_optimizer(self.parameter_groups())
            fuse(optimizer)
            if self.layer_factor != 1:
                for group in optimizer.param_groups:
                    group["lr"] /= self.layer_factor ** group["depth"]
        if self.make_scheduler is None:
            return optimizer
        validates = self.trainer.limit_val_batches
        entry = scheduled(
            self.make_scheduler,
            optimizer,
            steps=lambda: Pace.STEPS if self.pace else self.trainer.estimated_stepping_batches,
            monitor=self.monitor,
            mode=self.mode,
            validated=self.trainer.check_val_every_n_epoch if validates else 0,
        )
        return [optimizer], [entry]


@contextmanager
def evaluated(module: nn.Module) -> Iterator[None]:
    """Meanwhile a module and its parts compute as in evaluation, and learn no statistics."""
    training = [part for part in module.modules() if part.training]
    module.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True
