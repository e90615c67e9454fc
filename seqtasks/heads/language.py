"""The next token."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from seqtasks.dropout import SequenceDropout
from seqtasks.embedding import TokenEmbedding
from seqtasks.heads.loss import Loss, cross_entropy


class LanguageHead(nn.Module):
    """A softmax over the vocabulary.

    Args:
        input_size: features of each step.
        embedding: of the tokens that are read.
        tied: score tokens by their embedding vectors (Press and Wolf 2017); features of another
            size are first mapped to the embedding's.
        dropout: rate on the features.
        variational: one dropout mask for all steps of a sequence.
        label_smoothing: share of the objective spread evenly over the vocabulary.
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
    ) -> None:
        super().__init__()
        size = embedding.output_size
        self.dropout = SequenceDropout(dropout, variational)
        fits = not tied or input_size == size
        self.projection = nn.Identity() if fits else nn.Linear(input_size, size, bias=False)
        self.output = nn.Linear(size if tied else input_size, embedding.table.num_embeddings)
        nn.init.zeros_(self.output.bias)
        if tied:
            self.output.weight = embedding.table.weight
        self.label_smoothing = label_smoothing

    def forward(self, features: Tensor) -> Tensor:
        """(batch, …, input_size) → logits (batch, …, vocab)."""
        features = self.projection(self.dropout(features))
        return functional.linear(features, self.output.weight, self.output.bias)

    def loss(self, logits: Tensor, targets: Tensor, lengths: Tensor) -> Loss:
        """Cross-entropy over real steps; targets (batch, time) int64."""
        return cross_entropy(logits, targets, lengths, self.label_smoothing)
