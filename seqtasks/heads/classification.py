"""One label for a whole sequence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from seqtasks import metrics
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError, check_rate, nearest
from seqtasks.heads.calibration import fit_temperature, temperature_derivatives
from seqtasks.heads.crf import label_weights
from seqtasks.heads.loss import IGNORED, Loss, cross_entropy
from seqtasks.heads.pooled import PooledHead
from seqtasks.kernels.scan import in_widest_type

if TYPE_CHECKING:
    from torchmetrics import Metric

BINS = 15
"""Of the expected calibration error, as in Guo et al. 2017."""


class PooledClassification(PooledHead):
    """Pool the outputs of all steps, then a linear map and a softmax.

    Args:
        encoder: whose outputs are read.
        labels: the labels.
        label_smoothing: share of the objective spread evenly over all labels.
        class_weights: label → weight, 1 for those not named; or ``balanced``: in inverse
            proportion to the label's frequency in training, 1 on average over the examples.
            Training minimises the sum in which each example counts by the weight of its label;
            the loss that is shown stays plain.
        calibrate: fit a temperature to the validation data after training (Guo et al. 2017), by
            which the logits are divided for `probabilities`; it changes no decision and no loss.
        pooled: ``pooling``, ``dropout`` and ``texts``, as in `PooledHead`.

    Raises:
        UsageError: there is no such kind of weights or label, or a weight is negative.
    """

    takes = ("label", "ordered label")
    monitor, mode = "val/accuracy", "max"
    weights: Tensor | None
    temperature: Tensor

    def __init__(
        self,
        encoder: RecurrentEncoder,
        labels: Vocabulary,
        *,
        label_smoothing: float = 0.0,
        class_weights: str | Mapping[str, float] | None = None,
        calibrate: bool = True,
        **pooled: Any,
    ) -> None:
        super().__init__(encoder, labels, outputs=len(labels), **pooled)
        self.label_smoothing = check_rate("label_smoothing", label_smoothing)
        self.calibrates = calibrate
        self.balanced = class_weights == "balanced"
        if isinstance(class_weights, str) and not self.balanced:
            raise UsageError(
                f"there is no '{class_weights}';{nearest(class_weights, ['balanced'])} It is "
                f"balanced, or a mapping such as {{{labels.symbols[0]}: 2.0}}, or null",
                option="class_weights",
            )
        weights = None
        if self.balanced:
            weights = torch.ones(len(labels))
        elif class_weights and not isinstance(class_weights, str):
            weights = label_weights(labels, {str(k): v for k, v in class_weights.items()})
        self.register_buffer("weights", weights, persistent=False)
        self.register_buffer("temperature", torch.ones(()))

    def loss(self, logits: Tensor, targets: Tensor) -> Loss:
        """Cross-entropy; targets (batch,) int64."""
        plain = cross_entropy(logits, targets, label_smoothing=self.label_smoothing)
        if self.weights is None:
            return plain
        [wide] = in_widest_type(logits)
        known = targets < len(self.labels)
        nats = functional.cross_entropy(
            wide,
            targets.masked_fill(~known, IGNORED),
            reduction="none",
            label_smoothing=self.label_smoothing,
            ignore_index=IGNORED,
        )
        weights = self.weights[targets.masked_fill(~known, 0)]
        return Loss(plain.total, plain.count, (weights * nats).sum())

    def predicted(self, logits: Tensor) -> Tensor:
        """The most probable label of each sequence, (batch,) int64."""
        return logits.argmax(dim=-1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """(batch, labels); calibrated once `calibrate` has run."""
        [wide] = in_widest_type(logits)
        return (wide / self.temperature).softmax(dim=-1)

    def fit_to_training_data(self, targets: Iterable[Tensor]) -> None:
        """Set balanced weights from the frequencies of the labels; targets (examples,) int64."""
        if self.balanced and self.weights is not None:
            counts = self.counts(targets)
            total = int(counts.sum())
            self.weights.copy_(total / (counts.clamp(min=1) * (counts > 0).sum()))

    def counts(self, targets: Iterable[Tensor]) -> Tensor:
        """(labels,) how often each label is a target."""
        counts = torch.zeros(len(self.labels), dtype=torch.int64)
        for some in targets:
            counts += some.bincount(minlength=len(self.labels))
        return counts

    def calibrate(self, logits: Tensor, targets: Tensor) -> None:
        known = targets < len(self.labels)
        derivatives = partial(temperature_derivatives, logits[known], targets[known])
        self.temperature.fill_(fit_temperature(derivatives))

    def constant(self, targets: Iterable[Tensor]) -> tuple[str, Tensor]:
        """The most frequent label, the first in the vocabulary among equals."""
        guess = self.counts(targets).argmax()
        return f"always '{self.labels[int(guess)]}'", guess

    def metrics(self) -> dict[str, Metric]:
        """Accuracy, and F1 averaged over the labels that occur or are predicted."""
        count = len(self.labels) + len(self.unseen)
        return {
            "accuracy": metrics.LabelAccuracy(),
            "f1": metrics.MulticlassF1Score(count, average="macro"),
        }

    def test_metrics(self) -> dict[str, Metric]:
        """The calibration error with and without the temperature; the confusion matrix."""
        count = len(self.labels) + len(self.unseen)
        names = ["calibration_error"] + ["uncalibrated_error"] * self.calibrates
        errors = {name: metrics.MulticlassCalibrationError(count, n_bins=BINS) for name in names}
        return {**errors, "confusion": metrics.MulticlassConfusionMatrix(count)}

    def views(self, logits: Tensor) -> dict[str, Tensor]:
        [wide] = in_widest_type(logits)
        views = {
            "calibration_error": self.probabilities(logits),
            "uncalibrated_error": wide.softmax(dim=-1),
        }
        return {n: functional.pad(view, (0, len(self.unseen))) for n, view in views.items()}

    def report(self, tables: Mapping[str, Tensor]) -> dict[str, Any]:
        """The confusion matrix, the scores of each label and the temperature."""
        confusion = metrics.confusion_report(self.labels, tables["confusion"], self.unseen)
        return {**confusion, "temperature": float(self.temperature)}
