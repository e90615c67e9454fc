"""The best paths through a chain of labels, exactly."""

from __future__ import annotations

import torch
from torch import Tensor

from seqtasks.decoding.steps import expect
from seqtasks.kernels.lengths import mask


@torch.no_grad()
def best_paths(
    emissions: Tensor,
    start: Tensor,
    transitions: Tensor,
    end: Tensor,
    lengths: Tensor,
    count: int = 1,
) -> tuple[Tensor, Tensor]:
    """The paths of highest score of each sequence (Viterbi 1967; several as in Forney 1973).

    From the last step to the first, each label keeps the ``count`` best ways to go on from it. Sums
    are in float64; of paths with equal scores the one with the lower label goes first, at the first
    step where they differ. The result of a sequence depends on neither padding nor batch.

    Emissions are (batch, time, labels) without NaN; the other scores are those of a
    `seqtasks.heads.chain.Chain`, where -inf forbids. A sequence of no steps has one path, of score
    0.

    Returns:
        Paths (batch, count, time) int64, best first, 0 past each length, and their scores (batch,
        count) float64, -inf where a sequence has fewer paths.

    Raises:
        UsageError: ``count`` is below 1.

    >>> no = torch.zeros(2)
    >>> emissions, transitions = torch.tensor([[[1.0, 0.0], [0.0, 3.0]]]), torch.zeros(2, 2)
    >>> paths, scores = best_paths(emissions, no, transitions, no, torch.tensor([2]), count=3)
    >>> paths.tolist(), scores.tolist()
    ([[[0, 1], [1, 1], [0, 0]]], [[4.0, 3.0, 1.0]])
    """
    expect("count", count, count >= 1, "at least 1")
    batch, time, labels = emissions.shape
    scores = emissions.new_full((batch, count), -torch.inf, dtype=torch.float64)
    paths = torch.zeros(batch, count, time, dtype=torch.int64, device=emissions.device)
    if time:
        real = mask(lengths, time)
        emissions = emissions.double().masked_fill(~real.unsqueeze(2), 0.0)
        start, transitions = start.double(), transitions.double().unsqueeze(2)
        last = emissions.new_full((labels, count), -torch.inf)
        last[:, 0] = end
        onward = last.expand(batch, labels, count)
        pointers = []
        for t in range(time - 1, 0, -1):
            ways = (emissions[:, t].unsqueeze(2) + onward).unsqueeze(1) + transitions
            best, places = _best(ways.flatten(2), count)
            onward = torch.where(real[:, t, None, None], best, last)
            pointers.append(places.flatten(1))
        scores, place = _best(((start + emissions[:, 0]).unsqueeze(2) + onward).flatten(1), count)
        path = [place]
        for places in reversed(pointers):
            path.append(places.gather(1, path[-1]))
        paths = torch.stack(path, dim=2).floor_divide(count).masked_fill(~real.unsqueeze(1), 0)
    nothing = (lengths == 0).unsqueeze(1)
    scores = scores.masked_fill(nothing, -torch.inf)
    scores[:, :1] = scores[:, :1].masked_fill(nothing, 0.0)
    return paths, scores


def _best(ways: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The largest values along the last axis, largest first, and their places, ties by place."""
    values: list[Tensor] = []
    places: list[Tensor] = []
    for _ in range(count):
        if places:
            ways = ways.scatter(-1, places[-1], -torch.inf)
        value, place = ways.max(dim=-1, keepdim=True)  # of equal values, the first
        values.append(value)
        places.append(place)
    return torch.cat(values, dim=-1), torch.cat(places, dim=-1)
