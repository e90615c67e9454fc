"""The next token."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from seqtasks.cells.contract import mask
from seqtasks.dropout import SequenceDropout
from seqtasks.embedding import TokenEmbedding
from seqtasks.errors import UsageError
from seqtasks.heads.chunked import linear_cross_entropy
from seqtasks.heads.loss import Loss
from seqtasks.heads.penalty import activation_penalty


class NextToken(nn.Module):
    """Scores of all tokens for what follows each step, and their loss.

    A subclass defines `scores` and `nats`.

    Args:
        dropout: rate on the features.
        variational: one dropout mask for all steps of a sequence.
        alpha: weight of the features' squares in the objective (`activation_penalty`).
        beta: weight of the squares of their changes from step to step.

    Attributes:
        label_smoothing: share of the objective spread evenly over the vocabulary.

    Raises:
        UsageError: ``alpha`` or ``beta`` is negative.
    """

    label_smoothing = 0.0

    def __init__(
        self, *, dropout: float, variational: bool, alpha: float = 0.0, beta: float = 0.0
    ) -> None:
        super().__init__()
        for name, value in (("alpha", alpha), ("beta", beta)):
            if value < 0:
                raise UsageError(f"task.head.{name} is at least 0, not {value}")
        self.dropout = SequenceDropout(dropout, variational)
        self.alpha, self.beta = alpha, beta

    def forward(self, features: Tensor) -> Tensor:
        """(batch, …, input_size) → logits (batch, …, vocab)."""
        return self.scores(self.dropout(features))

    def scores(self, features: Tensor) -> Tensor:
        """(batch, …, input_size) → logits (batch, …, vocab)."""
        raise NotImplementedError

    def nats(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Nats of the targets and the objective, both summed.

        Args:
            features: (rows, input_size).
            targets: (rows,) int64.
        """
        raise NotImplementedError

    def loss(self, features: Tensor, targets: Tensor, lengths: Tensor) -> Loss:
        """Cross-entropy over real steps, without the logits of a whole batch.

        Args:
            features: (batch, time, input_size).
            targets: (batch, time) int64.
            lengths: (batch,) int64.

        Returns:
            The nats; in training the objective has the label smoothing and the penalties too.
        """
        dropped = self.dropout(features)
        real = mask(lengths, targets.size(1))
        total, objective = self.nats(dropped[real], targets[real])
        if self.training and (self.alpha or self.beta):
            objective = objective + activation_penalty(
                features, dropped, real, self.alpha, self.beta
            )
        return Loss(total, real.sum(), objective)


class LanguageHead(NextToken):
    """A softmax over the vocabulary.

    Args:
        input_size: features of each step.
        embedding: of the tokens that are read.
        tied: score tokens by their embedding vectors (Press and Wolf 2017); features of another
            size are first mapped to the embedding's.
        dropout: rate on the features.
        variational: one dropout mask for all steps of a sequence.
        label_smoothing: share of the objective spread evenly over the vocabulary.
        alpha: weight of the features' squares in the objective (`activation_penalty`).
        beta: weight of the squares of their changes from step to step.
    """

    def __init__(
        self,
        input_size: int,
        embedding: TokenEmbedding,
        *,
        tied: bool = True,
        dropout: float = 0.0,
        variational: bool = False,
        label_smoothing: float = 0.0,
        alpha: float = 0.0,
        beta: float = 0.0,
    ) -> None:
        super().__init__(dropout=dropout, variational=variational, alpha=alpha, beta=beta)
        size = embedding.output_size
        fits = not tied or input_size == size
        self.projection = nn.Identity() if fits else nn.Linear(input_size, size, bias=False)
        self.output = nn.Linear(size if tied else input_size, embedding.table.num_embeddings)
        nn.init.zeros_(self.output.bias)
        if tied:
            self.output.weight = embedding.table.weight
        self.label_smoothing = label_smoothing

    def scores(self, features: Tensor) -> Tensor:
        """(batch, …, input_size) → logits (batch, …, vocab)."""
        return functional.linear(self.projection(features), self.output.weight, self.output.bias)

    def nats(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Nats and objective; see `linear_cross_entropy`."""
        return linear_cross_entropy(
            self.projection(features),
            self.output.weight,
            self.output.bias,
            targets,
            self.label_smoothing,
        )
