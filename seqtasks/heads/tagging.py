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


class TaggingHead(nn.Module):
    """A linear map from the features of each step to a score of each label.

    A subclass defines `loss`, `scores` and `marginals`.

    Args:
        input_size: features of each step.
        labels: the labels.
        dropout: rate on the features.
        variational: one dropout mask for all steps of a sequence.
        scheme: of the labels, as in `SchemeConstraint`.

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
        self.constraint = SchemeConstraint(labels.symbols, scheme, getattr(labels, "learnt", None))

    def forward(self, features: Tensor) -> Tensor:
        """(batch, time, input_size) → logits, a score of each label (batch, time, labels)."""
        return self.linear(self.dropout(features))

    def loss(self, logits: Tensor, tags: Tensor, lengths: Tensor) -> Loss:
        """Nats of the tags (batch, time) int64 over real steps.

        Tags that training never shows have the numbers behind the labels and no loss.
        """
        raise NotImplementedError

    def scores(self, logits: Tensor) -> tuple[Tensor, Chain]:
        """The scores of single labels and of their neighbourhoods."""
        raise NotImplementedError

    def decode(self, logits: Tensor, lengths: Tensor) -> list[list[int]]:
        """The labels of the most probable sequence that the scheme allows, one a real step."""
        logits, chain = self.scores(logits)
        return self.rows(best_paths(logits, *chain, lengths)[0][:, 0], lengths)

    def rows(self, tags: Tensor, lengths: Tensor) -> list[list[int]]:
        """The tags (batch, time) of the real steps."""
        return [row[:n] for row, n in zip(tags.tolist(), lengths.tolist(), strict=True)]

    def marginals(self, logits: Tensor, lengths: Tensor) -> Tensor:
        """The probability of each label at each step, (batch, time, labels), 0 at padding."""
        raise NotImplementedError


class SoftmaxTagging(TaggingHead):
    """Each step's label by itself, by a softmax; arguments are those of `TaggingHead`.

    Under a scheme, decoding finds the best sequence that the scheme allows. Training and
    probabilities stay as they are.
    """

    def loss(self, logits: Tensor, tags: Tensor, lengths: Tensor) -> Loss:
        return cross_entropy(logits, tags, lengths)

    def scores(self, logits: Tensor) -> tuple[Tensor, Chain]:
        count = logits.size(2)  # what a softmax divides by is the same for all labels of a step
        zeros = (logits.new_zeros(size) for size in ((count,), (count, count), (count,)))
        return logits, self.constraint(*zeros)

    def decode(self, logits: Tensor, lengths: Tensor) -> list[list[int]]:
        if self.constraint.scheme is None:
            return self.rows(logits.argmax(dim=-1), lengths)
        return super().decode(logits, lengths)

    def marginals(self, logits: Tensor, lengths: Tensor) -> Tensor:
        return logits.softmax(dim=-1) * mask(lengths, logits.size(1)).unsqueeze(-1)
