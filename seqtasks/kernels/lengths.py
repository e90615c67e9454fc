"""The arithmetic of lengths: real steps and padding of sequences laid side by side."""

from __future__ import annotations

import torch
from torch import Tensor

State = tuple[Tensor, ...]
"""What a recurrence or decoder remembers between steps; axis 0 of every tensor is the batch."""


def keep_on_host(lengths: Tensor, host: Tensor) -> None:
    """Let lengths on a GPU know the same numbers on the CPU; both are (batch,) int64."""
    lengths.on_host = host  # type: ignore[attr-defined]


def on_host(lengths: Tensor) -> Tensor:
    """Lengths (batch,) where Python reads them, without waiting for a GPU where they are known.

    >>> there = torch.tensor([3, 2]).to("meta")
    >>> keep_on_host(there, torch.tensor([3, 2]))
    >>> on_host(there)
    tensor([3, 2])
    """
    known: Tensor | None = getattr(lengths, "on_host", None)
    return lengths.cpu() if known is None else known


def ragged(lengths: Tensor | None, time: int) -> bool:
    """Whether any of the lengths (batch,) is smaller than ``time``.

    >>> ragged(torch.tensor([3, 2]), 3), ragged(torch.tensor([3, 3]), 3), ragged(None, 3)
    (True, False, False)
    """
    return lengths is not None and lengths.numel() > 0 and int(on_host(lengths).min()) < time


def mask(lengths: Tensor, time: int) -> Tensor:
    """(batch, time) bool, True at real steps.

    >>> mask(torch.tensor([2, 0]), 3).int().tolist()
    [[1, 1, 0], [0, 0, 0]]
    """
    return torch.arange(time, device=lengths.device) < lengths.unsqueeze(1)


def zero_padding(outputs: Tensor, lengths: Tensor) -> Tensor:
    """(batch, time, …) with every step past its sequence's length set to zero."""
    return outputs.masked_fill(~mask(lengths, outputs.size(1)).unsqueeze(-1), 0.0)


def last_step(outputs: Tensor, lengths: Tensor, before: Tensor) -> Tensor:
    """Each sequence's output at its last real step; ``before`` where it has none.

    Args:
        outputs: (batch, time, size), time at least 1.
        lengths: (batch,) int64.
        before: (batch, size), for sequences of length zero.

    Returns:
        (batch, size).
    """
    index = (lengths - 1).clamp(min=0).view(-1, 1, 1).expand(-1, 1, outputs.size(2))
    last = outputs.gather(1, index).squeeze(1)
    return torch.where((lengths > 0).unsqueeze(1), last, before)


def reverse(sequences: Tensor, lengths: Tensor | None) -> Tensor:
    """Each sequence's real steps in reverse order; padding stays behind them.

    Sequences are (batch, time, size) and lengths (batch,) int64, or None where all steps are real.

    >>> reverse(torch.tensor([[[1], [2], [3]], [[4], [5], [0]]]), torch.tensor([3, 2])).squeeze(-1)
    tensor([[3, 2, 1],
            [5, 4, 0]])
    """
    time = sequences.size(1)
    if lengths is None or not ragged(lengths, time):
        return sequences.flip(1)
    steps = torch.arange(time, device=sequences.device)
    flipped = lengths.unsqueeze(1) - 1 - steps
    index = torch.where(flipped >= 0, flipped, steps).unsqueeze(-1)
    return sequences.gather(1, index.expand(-1, -1, sequences.size(2)))
