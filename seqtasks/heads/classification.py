"""One label for a whole sequence."""

from __future__ import annotations

from torch import Tensor, nn

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder import RecurrentEncoder
from seqtasks.heads.loss import Loss, cross_entropy
from seqtasks.heads.pooling import Pooling


class PooledClassification(nn.Module):
    """Pool the outputs of all steps, then a linear map and a softmax.

    Args:
        encoder: whose outputs are classified.
        labels: the labels.
        pooling: ``last``, ``mean``, ``max`` or ``attention``.
        dropout: rate on the pooled vector.
        label_smoothing: share of the objective spread evenly over all labels.
    """

    def __init__(
        self,
        encoder: RecurrentEncoder,
        labels: Vocabulary,
        *,
        pooling: str = "last",
        dropout: float = 0.0,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__()
        self.pooling = Pooling(encoder, pooling)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(encoder.output_size, len(labels))
        self.label_smoothing = label_smoothing

    def forward(self, outputs: Tensor, lengths: Tensor) -> Tensor:
        """(batch, time, size) → logits (batch, labels)."""
        return self.linear(self.dropout(self.pooling(outputs, lengths)))

    def loss(self, logits: Tensor, labels: Tensor) -> Loss:
        """Cross-entropy; labels (batch,) int64."""
        return cross_entropy(logits, labels, label_smoothing=self.label_smoothing)

    def decode(self, logits: Tensor) -> list[int]:
        """The most probable label of each sequence."""
        numbers: list[int] = logits.argmax(dim=-1).tolist()
        return numbers
