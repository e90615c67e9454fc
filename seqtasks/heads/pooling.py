"""From the outputs of all steps to one vector."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import check_choice
from seqtasks.kernels.affine import Linear
from seqtasks.kernels.lengths import mask


class Pooling(nn.Module):
    """One vector for each sequence; padding has no part in it, an empty sequence gives zeros.

    Args:
        encoder: whose outputs are pooled.
        kind: ``last`` (the final output of each direction), ``mean``, ``max``, or ``attention``
            (a learnt weight for each step: Yang et al. 2016, equations 5 to 7).

    Raises:
        UsageError: there is no such kind.
    """

    KINDS = ("last", "mean", "max", "attention")

    def __init__(self, encoder: RecurrentEncoder, kind: str) -> None:
        super().__init__()
        self.kind = check_choice("pooling", kind, self.KINDS)
        self.summary = encoder.summary
        size = encoder.output_size
        if kind == "attention":
            self.key = Linear(size, size)
            self.query = Linear(size, 1, bias=False)

    def forward(self, outputs: Tensor, lengths: Tensor) -> Tensor:
        """(batch, time, size) and (batch,) int64 → (batch, size)."""
        if self.kind == "last":
            return self.summary(outputs, lengths)
        real = mask(lengths, outputs.size(1)).unsqueeze(-1)
        if self.kind == "mean":
            total = outputs.masked_fill(~real, 0.0).sum(dim=1)
            return total / lengths.clamp(min=1).unsqueeze(1)
        lowest = torch.finfo(outputs.dtype).min
        if self.kind == "max":
            highest = outputs.masked_fill(~real, lowest).amax(dim=1)
            return highest.masked_fill((lengths == 0).unsqueeze(1), 0.0)
        scores = self.query(torch.tanh(self.key(outputs))).masked_fill(~real, lowest)
        weights = scores.softmax(dim=1).masked_fill(~real, 0.0)
        return (weights * outputs).sum(dim=1)
