"""Ragged batches cut into pieces of falling size, so that little time is spent on padding.

The batch is sorted by length and cut where that pays: each piece runs the sequences that are still
going, from the state that the piece before it left. By the chunking law the result is that of the
whole padded batch; the work is near that of its real tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from seqtasks.kernels.lengths import State, ragged

ROW_COST = 16.0
"""The fixed cost of a step, in rows."""

CUT_COST = 60.0
"""The cost of one more call, in steps of one row."""


@dataclass(frozen=True)
class RaggedSchedule:
    """How a ragged batch is cut.

    Attributes:
        order: (batch,) int64, the sequences from longest to shortest.
        back: (batch,) int64, its inverse.
        lengths: (batch,) int64, in that order.
        pieces: (start, end, rows) of each piece: steps start to end of the first rows.
    """

    order: Tensor
    back: Tensor
    lengths: Tensor
    pieces: list[tuple[int, int, int]]


def make_schedule(lengths: Tensor | None, time: int) -> RaggedSchedule | None:
    """The cheapest cuts of a batch; None where the batch is best run as it is.

    Args:
        lengths: (batch,) int64, or None.
        time: steps of the padded batch.
    """
    if lengths is None or lengths.is_cuda or lengths.numel() < 2 or not ragged(lengths, time):
        return None
    ordered, order = lengths.sort(descending=True, stable=True)
    pieces = _cuts(ordered.tolist())
    if not pieces or pieces == [(0, time, len(lengths))]:
        return None
    return RaggedSchedule(order, order.argsort(), ordered, pieces)


def _cuts(sizes: Sequence[int]) -> list[tuple[int, int, int]]:
    """The cheapest pieces by dynamic programming; at most a dozen lengths are tried as cuts.

    >>> _cuts([100] * 8 + [10] * 56)
    [(0, 10, 64), (10, 100, 8)]
    >>> _cuts([12, 11, 11, 10])
    [(0, 12, 4)]
    """
    longer: dict[int, int] = {}  # length → how many sequences are longer
    for row, size in enumerate(sizes):
        longer.setdefault(size, row)
    bounds = sorted(size for size in longer if size > 0)
    if not bounds:
        return []
    step = max(1, len(bounds) // 12)
    kept = sorted({*bounds[::step], bounds[-1]})
    starts = [0, *kept[:-1]]
    rows = [len(sizes), *(longer[size] for size in kept[:-1])]
    best: list[float] = [0.0]
    choice: list[int] = []
    for end, bound in enumerate(kept):
        costs = [
            best[start] + CUT_COST + (bound - starts[start]) * (rows[start] + ROW_COST)
            for start in range(end + 1)
        ]
        chosen = min(range(end + 1), key=costs.__getitem__)
        best.append(costs[chosen])
        choice.append(chosen)
    pieces: list[tuple[int, int, int]] = []
    end = len(kept) - 1
    while end >= 0:
        start = choice[end]
        pieces.append((starts[start], kept[end], rows[start]))
        end = start - 1
    return pieces[::-1]


def run_scheduled(
    layer: Callable[..., tuple[Tensor, State]],
    inputs: Tensor,
    schedule: RaggedSchedule,
    state: State | None,
) -> tuple[Tensor, State]:
    """Run a layer piece by piece over a batch that is in the schedule's order.

    Args:
        layer: on the contract of a recurrence.
        inputs: (batch, time, input_size), longest first.
        schedule: from `make_schedule`.
        state: of every sequence, (batch, …), or None to start afresh.

    Returns:
        Outputs (batch, time, output_size), zero past each length, and every final state.
    """
    batch, time, _ = inputs.shape
    outputs: list[Tensor] = []
    finished: list[State] = []
    live = state
    for start, end, rows in schedule.pieces:
        if live is not None and rows < batch:
            finished.append(tuple(tensor[rows:] for tensor in live))
            live = tuple(tensor[:rows] for tensor in live)
        lengths = (schedule.lengths[:rows] - start).clamp(max=end - start)
        piece, live = layer(inputs[:rows, start:end], lengths, live)
        outputs.append(functional.pad(piece, (0, 0, 0, 0, 0, batch - rows)))
    finished.append(live or ())
    done = schedule.pieces[-1][1]
    if done < time:
        outputs.append(inputs.new_zeros(batch, time - done, outputs[0].size(2)))
    states = tuple(torch.cat(parts) for parts in zip(*finished[::-1], strict=True))
    return torch.cat(outputs, dim=1), states
