"""What a generated sequence is about, which the model reads first: one-to-many.

A label or a vector is mapped to the initial state of the recurrence, and may be fed beside every
token as well; Vinyals et al., "Show and tell" (CVPR 2015), section 3.1, compare the two for images.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from seqtasks.data.batch import Batch
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError, check_least
from seqtasks.heads.bridge import Bridge
from seqtasks.kernels.lengths import State


class Condition(nn.Module):
    """Labels or vectors as the start of a recurrence; a subclass says what maps them to one size.

    The state of a conditioned recurrence is its vector and then the encoder's own state.

    Args:
        vocabularies: of the data's fields.
        field: the name of the field that conditions, one of them.
        embedding_dim: the size that a label or vector is mapped to.
        every_step: also feed the mapped vector beside every token.
    """

    bridge: Bridge
    map: Any
    mapping: Callable[[int, int], nn.Module]

    def __init__(
        self,
        vocabularies: Mapping[str, Vocabulary],
        *,
        field: str,
        embedding_dim: int,
        every_step: bool = False,
    ) -> None:
        super().__init__()
        if field not in vocabularies:
            raise UsageError(
                f"the data has no field '{field}'; its fields are {', '.join(vocabularies)}",
                option="field",
            )
        self.field, self.size = field, check_least("embedding_dim", embedding_dim, 1)
        self.every_step = every_step
        self.fed = embedding_dim if every_step else 0  # features beside each token's own
        self.map = self.mapping(len(vocabularies[field]), embedding_dim)

    def scored(self, batch: Batch) -> Batch:
        """The batch, without tokens to score in texts that the model cannot start from."""
        return batch

    def fit(self, encoder: RecurrentEncoder) -> None:
        """Make the map to the encoder's initial state."""
        self.bridge = Bridge(self.size, encoder.state_shapes)

    def start(self, batch: Batch) -> State:
        """The state before the first token; each tensor is (batch, …)."""
        vector = torch.tanh(self.map(batch[self.field]))
        return (vector, *self.bridge(vector))

    def read(
        self, encoder: RecurrentEncoder, features: Tensor, lengths: Tensor | None, state: State
    ) -> tuple[Tensor, State]:
        """Run the encoder over embedded tokens (batch, time, size), from `start` or onwards."""
        vector, *rest = state
        if self.every_step:
            beside = vector.unsqueeze(1).expand(-1, features.size(1), -1)
            features = torch.cat([features, beside], dim=-1)
        outputs, final = encoder(features, lengths, tuple(rest))
        return outputs, (vector, *final)


class LabelCondition(Condition):
    """A learned vector for each label, (batch,) int64; arguments as in `Condition`.

    A label that training never shows has no vector: its texts have no score.
    """

    mapping = nn.Embedding

    def scored(self, batch: Batch) -> Batch:
        if f"{self.field}_unseen" not in batch:
            return batch
        unseen = batch[self.field] >= self.map.num_embeddings
        cleared = (self.field, "lengths", "text_length")
        return Batch({**batch, **{name: batch[name].masked_fill(unseen, 0) for name in cleared}})


class VectorCondition(Condition):
    """A linear map of vectors (batch, count); arguments as in `Condition`."""

    mapping = nn.Linear
