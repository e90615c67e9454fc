"""One label for each step."""

from __future__ import annotations

from torch import Tensor, nn

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.dropout import SequenceDropout
from seqtasks.heads.loss import Loss, cross_entropy


class SoftmaxTagging(nn.Module):
    """Each step's label by itself, from a linear map and a softmax.

    Args:
        input_size: features of each step.
        labels: the labels.
        dropout: rate on the features.
        variational: one dropout mask for all steps of a sequence.
    """

    def __init__(
        self,
        input_size: int,
        labels: Vocabulary,
        *,
        dropout: float = 0.0,
        variational: bool = False,
    ) -> None:
        super().__init__()
        self.dropout = SequenceDropout(dropout, variational)
        self.linear = nn.Linear(input_size, len(labels))

    def forward(self, features: Tensor) -> Tensor:
        """(batch, time, input_size) → logits (batch, time, labels)."""
        return self.linear(self.dropout(features))

    def loss(self, logits: Tensor, tags: Tensor, lengths: Tensor) -> Loss:
        """Cross-entropy over real steps; tags (batch, time) int64."""
        return cross_entropy(logits, tags, lengths)

    def decode(self, logits: Tensor, lengths: Tensor) -> list[list[int]]:
        """The most probable label of each real step."""
        rows = zip(logits.argmax(dim=-1).tolist(), lengths.tolist(), strict=True)
        return [row[:length] for row, length in rows]
