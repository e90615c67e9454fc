"""One label of an ordered list for a whole sequence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqtasks import metrics
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder import RecurrentEncoder
from seqtasks.heads.loss import Loss
from seqtasks.heads.pooled import PooledHead
from seqtasks.kernels.scan import widened

if TYPE_CHECKING:
    from torchmetrics import Metric


class OrdinalClassification(PooledHead):
    """Pool the outputs, then one score on which the labels lie in their order (CORAL).

    Rank-consistent logistic regression (Cao et al. 2020): for each label but the last one a
    binary decision, whether the right label lies above it, from one shared score and a bias of its
    own. The biases fall from label to label by construction, so that no probability is negative.

    Args:
        encoder: whose outputs are classified.
        labels: the labels in their order.
        pooling: ``last``, ``mean``, ``max`` or ``attention``.
        dropout: rate on the pooled vector.
        texts: that an example has, 1 or 2.
    """

    takes = ("ordered label",)
    monitor, mode = "val/mae", "min"

    def __init__(
        self,
        encoder: RecurrentEncoder,
        labels: Vocabulary,
        *,
        pooling: str = "last",
        dropout: float = 0.0,
        texts: int = 1,
    ) -> None:
        outputs = 1 if len(labels) else 0
        super().__init__(
            encoder, labels, outputs=outputs, pooling=pooling, dropout=dropout, texts=texts
        )
        cuts = len(labels) - 1
        nn.init.constant_(self.linear.bias, (cuts - 1) / 2)  # the biases lie around 0
        self.steps = nn.Parameter(torch.full((cuts - 1,), 1.0).expm1().log())

    def biases(self) -> Tensor:
        """What each decision adds to the first one's, (labels - 1,), falling from 0."""
        falls = functional.softplus(self.steps).cumsum(0)
        return -torch.cat([falls.new_zeros(1), falls])

    def forward(self, outputs: Tensor, lengths: Tensor) -> Tensor:
        """(batch, time, size) → logits (batch, labels - 1): is the label above the first, …?"""
        return super().forward(outputs, lengths) + self.biases()

    def loss(self, logits: Tensor, targets: Tensor) -> Loss:
        """Binary cross-entropy, summed over the decisions; targets (batch,) int64."""
        [wide] = widened(logits)
        above = targets.unsqueeze(1) > torch.arange(wide.size(1), device=wide.device)
        nats = functional.binary_cross_entropy_with_logits(
            wide, above.to(wide.dtype), reduction="sum"
        )
        return Loss(nats, torch.tensor(len(targets), device=logits.device))

    def predicted(self, logits: Tensor) -> Tensor:
        """How many labels the right one most likely lies above, (batch,) int64."""
        return (logits > 0).sum(dim=1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """(batch, labels): the differences between neighbouring decisions."""
        [wide] = widened(logits)
        above = wide.sigmoid()
        one, none = torch.ones_like(above[:, :1]), torch.zeros_like(above[:, :1])
        return torch.cat([one, above], dim=1) - torch.cat([above, none], dim=1)

    def constant(self, targets: Tensor) -> tuple[str, Tensor]:
        """The median label, from which the ranks are least far away."""
        guess = targets.median()
        return f"always '{self.labels[int(guess)]}'", guess

    def metrics(self) -> dict[str, Metric]:
        """Accuracy, and the mean distance in ranks."""
        return {
            "accuracy": metrics.MulticlassAccuracy(len(self.labels), average="micro"),
            "mae": metrics.MeanAbsoluteError(),
        }

    def test_metrics(self) -> dict[str, Metric]:
        """The confusion matrix."""
        return {"confusion": metrics.MulticlassConfusionMatrix(len(self.labels))}

    def report(self, tables: Mapping[str, Tensor]) -> dict[str, Any]:
        """The confusion matrix and the scores of each label."""
        return metrics.confusion_report(self.labels, tables["confusion"])
