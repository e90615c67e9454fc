"""The k largest of every row, with ties broken the same way on every device and in every batch."""

from __future__ import annotations

from torch import Tensor


def top(values: Tensor, k: int) -> Tensor:
    """The indices of the k largest values of each row, largest first, ties by lower index.

    `torch.topk` alone leaves open which of equal values it takes, and in what order.

    From values (rows, width) without NaN it makes (rows, min(k, width)) int64; k is at least 1.

    >>> import torch
    >>> top(torch.tensor([[1.0, 3.0, 1.0, 2.0]]), 3).tolist()
    [[1, 3, 0]]
    """
    width = values.shape[-1]
    k = min(k, width)
    best, index = values.topk(min(k + 1, width), dim=-1)
    if not bool((best[:, 1:] == best[:, :-1]).any()):
        return index[:, :k]
    index = index[:, :k]
    if k < width and bool((best[:, k - 1] == best[:, k]).any()):
        index = _from_the_left(values, best[:, k - 1 : k], k)
    index = index.sort(dim=1).values
    order = values.gather(1, index).sort(dim=1, descending=True, stable=True).indices
    return index.gather(1, order)


def _from_the_left(values: Tensor, bar: Tensor, k: int) -> Tensor:
    """The indices of all values above a bar and of the first at the bar, k a row."""
    above = values > bar
    level = values == bar
    room = k - above.sum(dim=-1, keepdim=True)
    kept = above | (level & (level.cumsum(dim=-1) <= room))
    return kept.nonzero()[:, 1].view(-1, k)
