"""One label for each step."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.decoding.viterbi import best_paths
from seqtasks.encoder.dropout import SequenceDropout
from seqtasks.errors import UsageError
from seqtasks.heads.chain import Chain
from seqtasks.heads.constraint import SchemeConstraint
from seqtasks.heads.loss import Loss, cross_entropy
from seqtasks.kernels.affine import Linear
from seqtasks.kernels.lengths import mask

OUTSIDE = "O"
"""The label of a token outside all spans."""


class TaggingHead(nn.Module):
    """A linear map from the features of each step to a score of each label.

    A subclass defines `loss`, `scores` and `marginals`.

    Args:
        input_size: features of each step.
        labels: the labels.
        dropout: rate on the features.
        variational: one dropout mask for all steps of a sequence.
        scheme: of the labels, as in `SchemeConstraint`.
        outside_penalty: nats taken off the score of ``O`` at each step when sequences are decoded.
            Above 0 more spans are found, and fewer of them are right. ``auto`` raises the F1 of
            spans that are hard to find, of which the most probable sequence has too few (Lipton,
            Elkan and Naryanaswamy 2014, "Optimal thresholding of classifiers to maximize F1
            measure"): after training it chooses the best of
            `seqtasks.heads.calibration.PENALTIES` on the validation data. Loss and probabilities
            stay as they are.

    Attributes:
        calibrates: whether the penalty is still to be chosen from the validation data.

    Raises:
        UsageError: there is no such scheme, or there is a penalty and no label ``O``.
        DataError: the labels do not fit the scheme.
    """

    penalty: Tensor

    def __init__(
        self,
        input_size: int,
        labels: Vocabulary,
        *,
        dropout: float = 0.0,
        variational: bool = False,
        scheme: str | None = None,
        outside_penalty: float | str = 0.0,
    ) -> None:
        super().__init__()
        self.dropout = SequenceDropout(dropout, variational)
        self.linear = Linear(input_size, len(labels))
        self.calibrates = outside_penalty == "auto"
        self.outside = outside(labels, outside_penalty)
        given = 0.0 if isinstance(outside_penalty, str) else outside_penalty
        kept = self.outside is not None
        self.register_buffer("penalty", torch.tensor(float(given)), persistent=kept)
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
        """The scores of single labels, (batch, time, labels), and of their neighbourhoods.

        Logits are (batch, time, labels).
        """
        raise NotImplementedError

    def decode(self, logits: Tensor, lengths: Tensor) -> list[list[int]]:
        """The labels of the best sequence that the scheme allows, one a real step.

        It is the most probable sequence after the penalty of ``O``. Logits are
        (batch, time, labels), lengths (batch,) int64.
        """
        logits, chain = self.scores(self.penalised(logits))
        return self.rows(best_paths(logits, *chain, lengths)[0][:, 0], lengths)

    def penalised(self, logits: Tensor) -> Tensor:
        """The logits (batch, time, labels) less the penalty of ``O``."""
        if self.outside is None:
            return logits
        logits = logits.clone()
        logits[..., self.outside] -= self.penalty
        return logits

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
            return self.rows(self.penalised(logits).argmax(dim=-1), lengths)
        return super().decode(logits, lengths)

    def marginals(self, logits: Tensor, lengths: Tensor) -> Tensor:
        return logits.softmax(dim=-1) * mask(lengths, logits.size(1)).unsqueeze(-1)


def outside(labels: Vocabulary, penalty: float | str) -> int | None:
    """The number of the label that is penalised, or None where there is no penalty.

    Raises:
        UsageError: the penalty is a word other than ``auto``, or there is no label ``O``.

    >>> outside(Vocabulary(["B-X", "O"]), "auto")
    1
    """
    if isinstance(penalty, str) and penalty != "auto":
        raise UsageError(
            f"it is a number of nats or auto, not '{penalty}'", option="outside_penalty"
        )
    if penalty == 0:
        return None
    if OUTSIDE not in labels:
        raise UsageError(
            f"there is no label {OUTSIDE}; set it to 0 where labels spell no spans",
            option="outside_penalty",
        )
    return labels.index[OUTSIDE]
