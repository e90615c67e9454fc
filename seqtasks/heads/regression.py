"""One number for a whole sequence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from seqtasks import metrics
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import DataError, UsageError
from seqtasks.heads.loss import Loss
from seqtasks.heads.pooled import PooledHead
from seqtasks.kernels.scan import in_widest_type

if TYPE_CHECKING:
    from torchmetrics import Metric


class PooledRegression(PooledHead):
    """Pool the outputs of all steps, then a linear map to one number.

    It learns the standardised target: less the mean, over the standard deviation, of the training
    data. The loss is the squared error of that, 1 for always answering the mean. Answers and scores
    are in the units of the data.

    Args:
        encoder: whose outputs are read.
        labels: the vocabulary of the target, which is empty.
        pooled: ``pooling``, ``dropout`` and ``texts``, as in `PooledHead`.

    Raises:
        UsageError: the target has labels.
    """

    takes = ("number",)
    monitor, mode = "val/rmse", "min"
    center: Tensor
    scale: Tensor

    def __init__(self, encoder: RecurrentEncoder, labels: Vocabulary, **pooled: Any) -> None:
        if len(labels):
            raise UsageError(f"a regression does not learn labels; {self.wanted}", option="")
        super().__init__(encoder, labels, outputs=1, **pooled)
        self.register_buffer("center", torch.zeros(()))
        self.register_buffer("scale", torch.ones(()))

    def forward(self, outputs: Tensor, lengths: Tensor) -> Tensor:
        """(batch, time, size) → the standardised number (batch,)."""
        return super().forward(outputs, lengths).squeeze(-1)

    def loss(self, logits: Tensor, targets: Tensor) -> Loss:
        """The squared error of the standardised targets; targets (batch,)."""
        wide, center, scale = in_widest_type(logits, self.center, self.scale)
        error = (wide - (targets.to(wide.dtype) - center) / scale).square().sum()
        return Loss(error, torch.tensor(len(targets), device=logits.device))

    def predicted(self, logits: Tensor) -> Tensor:
        """(batch,) in the units of the data."""
        wide, center, scale = in_widest_type(logits, self.center, self.scale)
        return center + scale * wide

    def answers(self, logits: Tensor) -> list[str] | list[list[str]]:
        return [f"{number:.6g}" for number in self.predicted(logits).tolist()]

    def fit_to_training_data(self, targets: Iterable[Tensor]) -> None:
        """Take mean and standard deviation of targets (examples,), which differ (DataError)."""
        wide = torch.cat([*targets]).double()
        deviation = float(wide.std(correction=0))
        if not deviation > 0:
            raise DataError(
                "data.label: all training examples have the same number, so there is nothing to "
                "learn; check data.train and data.label.column"
            )
        self.center.fill_(float(wide.mean()))
        self.scale.fill_(deviation)

    def constant(self, targets: Iterable[Tensor]) -> tuple[str, Tensor]:
        every = torch.cat([*targets])
        mean = every.double().mean().to(every.dtype)
        return f"always {float(mean):.4g}, the mean", mean

    def metrics(self) -> dict[str, Metric]:
        """Mean absolute error, root of the mean squared error, R²."""
        return {
            "mae": metrics.MeanAbsoluteError(),
            "rmse": metrics.MeanSquaredError(squared=False),
            "r2": metrics.ExplainedShare(float(self.center)),
        }
