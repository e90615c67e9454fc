"""One label for each step, scored together with the one before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seqtasks.data.store.ragged import Ragged, pad_sequences, sequence_lengths
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.decoding.hypotheses import Hypothesis
from seqtasks.decoding.viterbi import best_paths
from seqtasks.errors import LISTED, DataError, UsageError, enumerated, nearest
from seqtasks.heads.chain import Chain, log_partition, marginals, path_nats
from seqtasks.heads.loss import Loss
from seqtasks.heads.tagging import TaggingHead
from seqtasks.kernels.lengths import mask
from seqtasks.kernels.scan import in_widest_type

ROWS_AT_ONCE = 2**10
"""Sequences that are checked at once."""


class CRFTagging(TaggingHead):
    """A linear-chain conditional random field (Lafferty et al. 2001; Lample et al. 2016).

    A linear map scores the labels of each step and a table the pairs of neighbours; a sequence's
    probability is that of its whole score among all sequences. Where the labels follow a tag
    scheme, only the sequences that it allows count: all others have probability 0, in training
    too, and are never decoded.

    Args:
        input_size: features of each step.
        labels: the labels.
        scheme: of the labels, as in `SchemeConstraint`.
        class_weights: label → weight, 1 for those not named. The nats of a sequence are the sum of
            the nats of each label given those before it; training minimises the sum in which each
            counts by the weight of its label. The loss that is shown stays plain.
        others: ``dropout``, ``variational`` and ``outside_penalty``, as in `TaggingHead`.

    Raises:
        UsageError: there is no such scheme or label, or a weight is negative.
        DataError: the labels do not fit the scheme.
    """

    weights: Tensor | None

    def __init__(
        self,
        input_size: int,
        labels: Vocabulary,
        *,
        scheme: str | None = "auto",
        class_weights: Mapping[str, float] | None = None,
        **others: Any,
    ) -> None:
        super().__init__(input_size, labels, scheme=scheme, **others)
        self.start = nn.Parameter(torch.zeros(len(labels)))
        self.transitions = nn.Parameter(torch.zeros(len(labels), len(labels)))
        self.end = nn.Parameter(torch.zeros(len(labels)))
        weights = label_weights(labels, class_weights) if class_weights else None
        self.register_buffer("weights", weights, persistent=False)

    def scores(self, logits: Tensor) -> tuple[Tensor, Chain]:
        """The same logits (batch, time, labels) and the chain, in float32 or wider."""
        wide, *chain = in_widest_type(logits, self.start, self.transitions, self.end)
        return wide, self.constraint(*chain)

    def loss(self, logits: Tensor, tags: Tensor, lengths: Tensor) -> Loss:
        """Nats of the tags (batch, time); sequences of probability 0 do not count.

        A sequence has probability 0 if the scheme forbids it or one of its labels has no score.
        """
        lengths = lengths.masked_fill(~self.constraint.legal(tags, lengths), 0)
        nats = path_nats(*self.scores(logits), tags, lengths)
        objective = None
        if self.weights is not None:
            tags = tags.masked_fill(~mask(lengths, tags.size(1)), 0)
            objective = (self.weights[tags] * nats).sum()
        return Loss(nats.sum(), lengths.sum(), objective)

    def fit_to_training_data(
        self, rows: Sequence[Sequence[int] | NDArray[Any]] | Ragged, places: Sequence[str]
    ) -> None:
        """Refuse training tags that the scheme forbids by a DataError that lists their places.

        Sequences with tags that training never shows are not checked.
        """
        wrong: list[str] = []
        count = 0
        for first in range(0, len(rows) if self.constraint.scheme else 0, ROWS_AT_ONCE):
            some = [rows[at] for at in range(first, min(first + ROWS_AT_ONCE, len(rows)))]
            tags, lengths = pad_sequences(some), sequence_lengths(some)
            known = (tags < len(self.start)).all(1)  # by the head
            legal = self.constraint.legal(tags, lengths)
            forbidden = (known & ~legal).nonzero().flatten().tolist()
            count += len(forbidden)
            wrong += [
                f"{places[first + at]}: {self.constraint.mistake(some[at])}"
                for at in forbidden[: LISTED - len(wrong)]
            ]
        if wrong:
            hint = (
                "correct the data, let data.tags.scheme=auto and data.tags.invalid=repair do so, "
                "or set the head's scheme to the one that the tags follow, or to null"
            )
            if count == 1:
                raise DataError(f"{wrong[0]}; {hint}")
            raise DataError(enumerated(wrong, count, f"training sequences are forbidden; {hint}"))

    @torch.no_grad()
    def best(self, logits: Tensor, lengths: Tensor, count: int) -> list[list[Hypothesis]]:
        """The ``count`` most probable sequences, best first, or fewer where no more are allowed.

        Their log-probabilities, and so their order, include the penalty of ``O``. Logits are
        (batch, time, labels), lengths (batch,) int64.
        """
        logits, chain = self.scores(self.penalised(logits.double()))
        paths, scores = best_paths(logits, *chain, lengths, count)
        scores -= log_partition(logits, chain, lengths).unsqueeze(1)
        members = zip(paths.tolist(), scores.tolist(), lengths.tolist(), strict=True)
        return [
            [Hypothesis(path[:n], s, s) for path, s in zip(*found, strict=True) if s > -torch.inf]
            for *found, n in members
        ]

    def marginals(self, logits: Tensor, lengths: Tensor) -> Tensor:
        return marginals(*self.scores(logits), lengths)


def label_weights(labels: Vocabulary, weights: Mapping[str, float]) -> Tensor:
    """The weight of each label, (labels,), 1 for those not named.

    Raises:
        UsageError: a label is unknown, or a weight is negative or no finite number.

    >>> label_weights(Vocabulary(["O", "B-X"]), {"O": 0.5})
    tensor([0.5000, 1.0000])
    """
    for label, weight in weights.items():
        if label not in labels:
            raise UsageError(
                f"there is no label '{label}';{nearest(label, labels.symbols)} The labels are "
                f"{', '.join(labels.symbols)}.",
                option="class_weights",
            )
        if not 0 <= weight < float("inf"):
            message = f"{label}: {weight} is given; expected 0 or more"
            raise UsageError(message, option="class_weights")
    return torch.tensor([float(weights.get(label, 1.0)) for label in labels.symbols])
