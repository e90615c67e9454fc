"""Vectors as they are, or mapped linearly."""

from __future__ import annotations

from torch import Tensor, nn

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder.dropout import SequenceDropout
from seqtasks.errors import check_least
from seqtasks.kernels.affine import Linear


class VectorProjection(nn.Module):
    """Vectors as they are, or mapped linearly to another size.

    Args:
        vocabulary: names the channels of the vectors.
        projection_size: the size that they are mapped to; None leaves them as they are.
        dropout: rate on the vectors.
        variational: one dropout mask for all steps of a sequence.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        *,
        projection_size: int | None = None,
        dropout: float = 0.0,
        variational: bool = False,
    ) -> None:
        super().__init__()
        if projection_size is not None:
            check_least("projection_size", projection_size, 1)
        count = len(vocabulary)
        self.map = nn.Identity() if projection_size is None else Linear(count, projection_size)
        self.dropout = SequenceDropout(dropout, variational)
        self.output_size = count if projection_size is None else projection_size

    def forward(self, vectors: Tensor) -> Tensor:
        """(batch, time, channels) → (batch, time, output_size)."""
        return self.dropout(self.map(vectors))
