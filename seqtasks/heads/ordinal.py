"""One label of an ordered list for a whole sequence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqtasks import metrics
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder import RecurrentEncoder
from seqtasks.heads.loss import Loss, binary_cross_entropy
from seqtasks.heads.pooled import PooledHead
from seqtasks.kernels.scan import in_widest_type

if TYPE_CHECKING:
    from torchmetrics import Metric


class OrdinalClassification(PooledHead):
    """Pool the outputs, then one score on which the labels lie in their order (CORAL).

    Rank-consistent logistic regression (Cao et al. 2020): for each label but the last one a
    binary decision, whether the right label lies above it, from one shared score and a bias of its
    own. The biases fall from label to label by construction, so that no probability is negative.

    Args:
        encoder: whose outputs are read.
        labels: the labels in their order.
        pooled: ``pooling``, ``dropout`` and ``texts``, as in `PooledHead`.
    """

    takes = ("ordered label",)
    monitor, mode = "val/mae", "min"

    def __init__(self, encoder: RecurrentEncoder, labels: Vocabulary, **pooled: Any) -> None:
        super().__init__(encoder, labels, outputs=min(1, len(labels)), **pooled)
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
        above = targets.unsqueeze(1) > torch.arange(logits.size(1), device=logits.device)
        return binary_cross_entropy(logits, above, learnt=targets < len(self.labels))

    def predicted(self, logits: Tensor) -> Tensor:
        """How many labels the right one most likely lies above, (batch,) int64."""
        return (logits > 0).sum(dim=1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """(batch, labels): the differences between neighbouring decisions."""
        [wide] = in_widest_type(logits)
        above = wide.sigmoid()
        one, none = torch.ones_like(above[:, :1]), torch.zeros_like(above[:, :1])
        return torch.cat([one, above], dim=1) - torch.cat([above, none], dim=1)

    def constant(self, targets: Iterable[Tensor]) -> tuple[str, Tensor]:
        """The median label, from which the ranks are least far away."""
        guess = torch.cat([*targets]).median()
        return f"always '{self.labels[int(guess)]}'", guess

    def metrics(self) -> dict[str, Metric]:
        return {"accuracy": metrics.LabelAccuracy(), "mae": metrics.RankError(len(self.labels))}

    def test_metrics(self) -> dict[str, Metric]:
        count = len(self.labels) + len(self.unseen)
        return {"confusion": metrics.MulticlassConfusionMatrix(count)}

    def report(self, tables: Mapping[str, Tensor]) -> dict[str, Any]:
        return metrics.confusion_report(self.labels, tables["confusion"], self.unseen)
