"""One label for each step."""

from __future__ import annotations

from torch import Tensor, nn

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.decoding.viterbi import best_paths
from seqtasks.encoder.dropout import SequenceDropout
from seqtasks.heads.chain import Chain
from seqtasks.heads.constraint import SchemeConstraint
from seqtasks.heads.loss import Loss, cross_entropy
from seqtasks.kernels.lengths import mask


class SoftmaxTagging(nn.Module):
    """Each step's label by itself, from a linear map and a softmax.

    Args:
        input_size: features of each step.
        labels: the labels.
        dropout: rate on the features.
        variational: one dropout mask for all steps of a sequence.
        scheme: of the labels, as in `SchemeConstraint`: decoding finds the best sequence that it
            allows. Training and probabilities stay as they are.

    Raises:
        UsageError: there is no such scheme.
        DataError: the labels do not fit the scheme.
    """

    def __init__(
        self,
        input_size: int,
        labels: Vocabulary,
        *,
        dropout: float = 0.0,
        variational: bool = False,
        scheme: str | None = None,
    ) -> None:
        super().__init__()
        self.dropout = SequenceDropout(dropout, variational)
        self.linear = nn.Linear(input_size, len(labels))
        self.constraint = SchemeConstraint(labels.symbols, scheme)

    def forward(self, features: Tensor) -> Tensor:
        """(batch, time, input_size) → logits (batch, time, labels)."""
        return self.linear(self.dropout(features))

    def loss(self, logits: Tensor, tags: Tensor, lengths: Tensor) -> Loss:
        """Cross-entropy over real steps; tags (batch, time) int64."""
        return cross_entropy(logits, tags, lengths)

    def decode(self, logits: Tensor, lengths: Tensor) -> list[list[int]]:
        """The most probable label of each real step, or sequence of labels under a scheme."""
        if self.constraint.scheme is None:
            best = logits.argmax(dim=-1)
        else:  # what a softmax divides by is the same for all labels of a step
            count = logits.size(2)
            zeros = (logits.new_zeros(size) for size in ((count,), (count, count), (count,)))
            chain: Chain = self.constraint(*zeros)
            paths, _ = best_paths(logits, *chain, lengths)
            best = paths[:, 0]
        rows = zip(best.tolist(), lengths.tolist(), strict=True)
        return [row[:length] for row, length in rows]

    def marginals(self, logits: Tensor, lengths: Tensor) -> Tensor:
        """The probability of each label at each step, (batch, time, labels), 0 at padding."""
        return logits.softmax(dim=-1) * mask(lengths, logits.size(1)).unsqueeze(-1)
