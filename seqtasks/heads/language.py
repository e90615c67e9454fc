"""The next token."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from seqtasks.embedding import TokenEmbedding
from seqtasks.encoder.dropout import SequenceDropout
from seqtasks.errors import check_least, check_rate
from seqtasks.heads.calibration import temperature_derivatives
from seqtasks.heads.chunked import chunk_rows, linear_cross_entropy
from seqtasks.heads.loss import Loss
from seqtasks.heads.penalty import activation_penalty
from seqtasks.kernels.affine import Linear
from seqtasks.kernels.lengths import mask


class NextToken(nn.Module):
    """Scores of all tokens for what follows each step, and their loss.

    A subclass defines `scores` and `nats`; one with a temperature `temperature_derivatives` too.

    Args:
        dropout: rate on the features.
        variational: one dropout mask for all steps of a sequence.
        alpha: weight of the features' squares in the objective (`activation_penalty`).
        beta: weight of the squares of their changes from step to step.

    Attributes:
        label_smoothing: share of the objective spread evenly over the vocabulary.
        temperature: divides the logits; None for a head that fits none.

    Raises:
        UsageError: ``alpha`` or ``beta`` is negative.
    """

    label_smoothing = 0.0
    temperature: Tensor | None

    def __init__(
        self,
        *,
        dropout: float = 0.0,
        variational: bool = False,
        alpha: float = 0.0,
        beta: float = 0.0,
    ) -> None:
        super().__init__()
        self.dropout = SequenceDropout(dropout, variational)
        self.alpha, self.beta = check_least("alpha", alpha), check_least("beta", beta)
        self.register_buffer("temperature", None)

    def forward(self, features: Tensor) -> Tensor:
        """(batch, …, input_size) → logits (batch, …, vocab)."""
        return self.scores(self.dropout(features))

    def temperature_derivatives(self, features: Tensor, targets: Tensor, inverse: float) -> Tensor:
        """How the nats of the targets change with 1 / temperature, in place of `temperature`.

        Features are (rows, input_size), targets (rows,); the result is that of
        `seqtasks.heads.calibration.temperature_derivatives`, (2,) float64.
        """
        raise NotImplementedError

    @contextmanager
    def uncalibrated(self) -> Iterator[None]:
        """Within the context, score as if no temperature were fitted."""
        fitted, self.temperature = self.temperature, None
        try:
            yield
        finally:
            self.temperature = fitted

    def scores(self, features: Tensor) -> Tensor:
        """(batch, …, input_size) → logits (batch, …, vocab)."""
        raise NotImplementedError

    def nats(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Nats and the objective, both summed; features (rows, input_size), targets (rows,)."""
        raise NotImplementedError

    def loss(self, features: Tensor, targets: Tensor, lengths: Tensor) -> Loss:
        """Cross-entropy over real steps, without the logits of a whole batch.

        Features are (batch, time, input_size), targets (batch, time) int64. In training the
        objective has the label smoothing and the penalties too.
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
        label_smoothing: share of the objective spread evenly over the vocabulary.
        calibrate: fit a temperature to the validation data after training, by which the logits are
            divided from then on (Guo et al. 2017): a model that has learnt its text too well is
            too sure of other texts. The order of the tokens stays the same.
        regularised: ``dropout``, ``variational``, ``alpha`` and ``beta``, as in `NextToken`.
    """

    def __init__(
        self,
        input_size: int,
        embedding: TokenEmbedding,
        *,
        tied: bool = True,
        label_smoothing: float = 0.0,
        calibrate: bool = False,
        **regularised: Any,
    ) -> None:
        super().__init__(**regularised)
        size = embedding.output_size
        fits = not tied or input_size == size
        self.projection = nn.Identity() if fits else Linear(input_size, size, bias=False)
        self.output = Linear(size if tied else input_size, embedding.table.num_embeddings)
        nn.init.zeros_(self.output.bias)
        if tied:
            self.output.weight = embedding.table.weight
        self.label_smoothing = check_rate("label_smoothing", label_smoothing)
        if calibrate:
            self.temperature = torch.ones(())

    def scores(self, features: Tensor) -> Tensor:
        logits = self.output(self.projection(features))
        return logits if self.temperature is None else logits / self.temperature

    def nats(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        features, weight, bias = self.projection(features), self.output.weight, self.output.bias
        if self.temperature is None:
            return linear_cross_entropy(features, weight, bias, targets, self.label_smoothing)
        features, divided = features / self.temperature, bias / self.temperature
        return linear_cross_entropy(features, weight, divided, targets, self.label_smoothing)

    def temperature_derivatives(self, features: Tensor, targets: Tensor, inverse: float) -> Tensor:
        features = self.projection(features)
        total = torch.zeros(2, dtype=torch.float64, device=features.device)
        size = max(1, chunk_rows(self.output.weight) // 8)  # 64 bits and several copies
        for some, right in zip(features.split(size), targets.split(size), strict=True):
            logits = self.output(some)
            total += temperature_derivatives(logits, right, inverse)
        return total
