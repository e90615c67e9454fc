"""What an encoder reads at one step: a token beside its spelling and case, or a vector."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from seqtasks.data.batch import Batch
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.embedding.tokens import TokenEmbedding
from seqtasks.embedding.vectors import VectorProjection
from seqtasks.encoder.dropout import SequenceDropout
from seqtasks.errors import UsageError


class InputEmbedding(nn.Module):
    """What an encoder reads at each step: a token's vector beside those of its spelling and case.

    In place of tokens it may be a sequence of vectors, which has neither spelling nor case.

    Args:
        vocabularies: ``tokens`` or ``series``; ``characters`` and ``case`` where they are read.
        tokens: makes the `TokenEmbedding` from a vocabulary; None for sequences of vectors.
        spelling: makes the `SpellingEncoder` or another from a vocabulary; None for none.
        case: makes the embedding of case from a vocabulary; None for none.
        series: makes the `VectorProjection` from the channels; None for tokens.
        dropout: rate on the joined vectors.
        variational: one dropout mask for all steps of a sequence.

    Attributes:
        inputs: the field that is read first of all, ``tokens`` or ``series``.

    Raises:
        UsageError: the data has a field that no part reads, or the reverse; or neither or both of
            ``tokens`` and ``series`` are given.
    """

    def __init__(
        self,
        vocabularies: Mapping[str, Vocabulary],
        *,
        tokens: Callable[[Vocabulary], TokenEmbedding] | None = None,
        spelling: Callable[[Vocabulary], nn.Module] | None = None,
        case: Callable[[Vocabulary], TokenEmbedding] | None = None,
        series: Callable[[Vocabulary], VectorProjection] | None = None,
        dropout: float = 0.0,
        variational: bool = False,
    ) -> None:
        super().__init__()
        parts = {"tokens": tokens, "series": series, "characters": spelling, "case": case}
        for field, part in parts.items():
            if (part is None) != (field not in vocabularies):
                option = "spelling" if field == "characters" else field
                group = "" if field in ("tokens", "series") else f"/{option}"
                raise UsageError(
                    f"it goes together with data.{field}: a choice of task/embedding{group} sets "
                    "both, or set both to null",
                    option=option,
                )
        if (tokens is None) == (series is None):
            raise UsageError(
                "an encoder reads either data.tokens or data.series; set one of them to null, "
                "together with `tokens` or `series`"
            )
        self.inputs = ("series",) if tokens is None else ("tokens",)
        made: list[Any] = [
            None if part is None else part(vocabularies[field]) for field, part in parts.items()
        ]
        self.tokens, self.series, self.spelling, self.case = made
        self.output_size = sum(part.output_size for part in made if part is not None)
        self.dropout = SequenceDropout(dropout, variational)

    def forward(self, batch: Batch) -> Tensor:
        """(batch, time, output_size)."""
        if self.series is not None:
            return self.dropout(self.series(batch.series))
        vectors = [self.tokens(batch.tokens)]
        if self.spelling is not None:
            vectors.append(
                self.spelling(batch.characters, batch.characters_lengths, batch.characters_index)
            )
        if self.case is not None:
            vectors.append(self.case(batch.case))
        return self.dropout(torch.cat(vectors, dim=-1))
