"""A softmax in two steps, for vocabularies of tens of thousands of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from seqtasks.embedding import TokenEmbedding
from seqtasks.errors import UsageError
from seqtasks.heads.language import NextToken

NARROWING = 4
"""Each rarer cluster reads this many times fewer features than the cluster before it."""


class AdaptiveLanguageHead(NextToken):
    """A softmax over the commonest words and clusters of rarer words, then one inside a cluster.

    Grave, Joulin, Cissé, Grangier and Jégou 2017, "Efficient softmax approximation for GPUs":
    p(word) = p(cluster) p(word | cluster), where a rarer cluster reads fewer features. The
    probabilities are exact and sum to one; only the matrix behind them is of lower rank. A token's
    number has to grow with its rarity. This holds for words and characters; for byte pairs it holds
    roughly, which costs time and nothing else.

    Args:
        input_size: features of each step.
        embedding: of the tokens that are read.
        cutoffs: the number of the first word of each cluster, growing; None for a twentieth and
            a fifth of the vocabulary.
        regularised: ``dropout``, ``variational``, ``alpha`` and ``beta``, as in `NextToken`.

    Raises:
        UsageError: a cutoff does not fit, or there are more clusters than the features can be
            divided among.

    >>> from seqtasks.data.vocabulary import Vocabulary
    >>> embedding = TokenEmbedding(Vocabulary([str(n) for n in range(1000)]), embedding_dim=8)
    >>> head = AdaptiveLanguageHead(32, embedding)
    >>> head.cutoffs, head(torch.randn(2, 3, 32)).shape
    ([50, 200], torch.Size([2, 3, 1000]))
    """

    def __init__(
        self,
        input_size: int,
        embedding: TokenEmbedding,
        *,
        cutoffs: Sequence[int] | None = None,
        **regularised: Any,
    ) -> None:
        super().__init__(**regularised)
        size = embedding.table.num_embeddings
        most = clusters(input_size)
        self.cutoffs = automatic(size, most) if cutoffs is None else list(cutoffs)
        check_cutoffs(self.cutoffs, size, most)
        self.softmax = nn.AdaptiveLogSoftmaxWithLoss(
            input_size, size, self.cutoffs, div_value=NARROWING, head_bias=True
        )

    def scores(self, features: Tensor) -> Tensor:
        """(batch, …, input_size) → log-probabilities (batch, …, vocab)."""
        with torch.autocast(features.device.type, enabled=False):
            rows = features.flatten(0, -2).to(self.softmax.head.weight.dtype)
            return self.softmax.log_prob(rows).unflatten(0, features.shape[:-1])

    def nats(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Nats, which are the objective too; only the clusters of the targets are computed."""
        with torch.autocast(features.device.type, enabled=False):
            log_probs, _ = self.softmax(features.to(self.softmax.head.weight.dtype), targets)
        total = -log_probs.sum()
        return total, total


def clusters(input_size: int) -> int:
    """How often the features can be divided before none is left.

    >>> clusters(3), clusters(4), clusters(200)
    (0, 1, 3)
    """
    count = 0
    while input_size >= NARROWING:
        input_size //= NARROWING
        count += 1
    return count


def automatic(size: int, most: int) -> list[int]:
    """A twentieth and a fifth of a vocabulary, as far as there is room for clusters.

    Words follow Zipf's law: of ten thousand, the first twentieth makes two thirds of a text.

    >>> automatic(10_000, 3), automatic(10_000, 1), automatic(5, 3)
    ([500, 2000], [500], [1, 2])
    """
    return [max(1, size // 20), max(2, size // 5)][:most]


def check_cutoffs(cutoffs: Sequence[int], size: int, most: int) -> None:
    """Refuse cutoffs that do not grow within the vocabulary, and too many or none of them."""
    if most == 0:
        raise UsageError(
            f"an adaptive softmax needs at least {NARROWING} features of each step; raise "
            "encoder.hidden_size",
            option="",
        )
    fits = all(a < b for a, b in zip([0, *cutoffs], [*cutoffs, size], strict=True))
    if not fits or not cutoffs:
        raise UsageError(
            f"numbers that grow between 1 and the vocabulary's {size:,} - 1 are expected, not "
            f"{list(cutoffs)}; null chooses them",
            option="cutoffs",
        )
    if len(cutoffs) > most:
        raise UsageError(
            f"{len(cutoffs)} clusters, each with {NARROWING} times fewer features than the one "
            f"before, are more than these features allow ({most}); give fewer or raise "
            "encoder.hidden_size",
            option="cutoffs",
        )
