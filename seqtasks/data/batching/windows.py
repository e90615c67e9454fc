"""The plan of windows over continuous text: the tokens that each row of each window reads."""

from __future__ import annotations

import functools
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.batching.deal import WHOLE, Deal

Numbers = NDArray[np.int64]

AT_ONCE = 2**16
"""Windows of single rows that are laid out at once."""


class Window(NamedTuple):
    """One step of parallel rows; row r predicts the tokens from starts[r] on, counts[r] of them.

    Attributes:
        starts: (rows,) int64, places in the flat text.
        counts: (rows,) int64; 0 where a row has nothing left to read.
        first: (rows,) bool, True where a row begins with a fresh state.
        width: the greatest count over the rows of all processes and parts, at least 1.
        share: the window's length in relation to its length without variation.
        numbers: (rows,) int64, the number of each row among those of all processes and parts.
        rows: how many these are.
        part: the one to which the rows belong (`Deal`).
    """

    starts: Numbers
    counts: Numbers
    first: NDArray[np.bool_]
    width: int
    share: float
    numbers: Numbers
    rows: int
    part: int


@dataclass(frozen=True)
class Pieces:
    """Parts of the text, each read by one row from a fresh state to its end.

    Attributes:
        starts: (pieces,) int64, the places where the targets of each begin.
        counts: (pieces,) int64, the numbers of targets, at least 1.
        rows: (pieces,) int64, ascending, the row that reads each; a row reads its pieces in order.
        windows: (pieces,) int64, the number of windows of each, at most ``counts``.
    """

    starts: Numbers
    counts: Numbers
    rows: Numbers
    windows: Numbers

    @functools.cached_property
    def begins(self) -> Numbers:
        """(pieces,) the step at which each piece begins."""
        before = np.cumsum(self.windows) - self.windows
        return before - before[np.searchsorted(self.rows, self.rows)]

    @functools.cached_property
    def steps(self) -> int:
        """The number of windows of the fullest row."""
        return int((self.begins + self.windows).max())

    def cut(
        self, shares: NDArray[np.float64] | None, deal: Deal = WHOLE, done: int = 0
    ) -> Iterator[Window]:
        """The windows in order, each in parts, with the rows of one process of several.

        Args:
            shares: (steps,), the relative lengths of the windows; None for equal ones.
            deal: the share of the process in the rows, and the number of parts.
            done: the number of windows, whole with all parts, to leave out at the beginning.
        """
        rows = int(self.rows[-1]) + 1
        mine = [deal.rows(rows, part) for part in range(deal.parts)]
        most = len(mine[0]) * deal.processes * deal.parts
        until = None if shares is None else np.concatenate([[0.0], np.cumsum(shares)])
        at_once = max(AT_ONCE // most, 1)
        for begin in range(done, self.steps, at_once):
            end = min(begin + at_once, self.steps)
            starts, counts, first = self.block(until, most, begin, end)
            widths = counts.max(axis=1).tolist()
            for at, width in enumerate(widths):
                share = 1.0 if shares is None else float(shares[begin + at])
                for part, own in enumerate(mine):
                    texts = starts[at, own], counts[at, own], first[at, own]
                    yield Window(*texts, width, share, own, rows, part)

    def block(
        self, until: NDArray[np.float64] | None, rows: int, begin: int, end: int
    ) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
        """The starts, counts and beginnings of some steps, each (steps, rows).

        Args:
            until: (all steps + 1,), the relative length of all windows before each; None for equal
                windows.
            rows: of all processes and parts together, at least those of the pieces.
            begin: the first step.
            end: the step after the last one.
        """
        starts, counts = np.zeros((2, end - begin, rows), dtype=np.int64)
        first = np.zeros((end - begin, rows), dtype=bool)
        if not begin:  # also in rows without a piece: no state is left over from other windows
            first[0] = True
        # One entry for each of the steps' windows of each piece.
        pieces = np.flatnonzero((self.begins < end) & (self.begins + self.windows > begin))
        befores = np.maximum(begin - self.begins[pieces], 0)  # windows of earlier steps
        counted = np.minimum(end - self.begins[pieces], self.windows[pieces]) - befores
        piece = np.repeat(pieces, counted)
        number = np.arange(len(piece)) - np.repeat(np.cumsum(counted) - counted - befores, counted)
        step, row = self.begins[piece] + number, self.rows[piece]

        def before(steps: Numbers) -> NDArray[np.float64]:
            return steps.astype(np.float64) if until is None else until[steps]

        begun, ended = before(self.begins[piece]), before(self.begins[piece] + self.windows[piece])
        # Each window has one token; the other tokens are dealt out by the shares.
        more = (self.counts[piece] - self.windows[piece]) / (ended - begun)
        low = number + np.rint(more * (before(step) - begun)).astype(np.int64)
        high = number + np.rint(more * (before(step + 1) - begun)).astype(np.int64) + 1
        starts[step - begin, row] = self.starts[piece] + low
        counts[step - begin, row] = high - low
        first[step - begin, row] |= number == 0
        return starts, counts, first


def divide(starts: Numbers, counts: Numbers, rows: int, window: int) -> Pieces:
    """Lay texts end to end and cut them into rows of equal length, to a token.

    Args:
        starts: (texts,), the places where the targets of each begin.
        counts: (texts,), the numbers of targets, at least 1.
        rows: the number of rows, at most that of the targets.
        window: the largest number of targets in a window.

    >>> pieces = divide(np.array([1, 8]), np.array([6, 4]), rows=2, window=3)
    >>> pieces.rows.tolist(), pieces.starts.tolist(), pieces.counts.tolist()
    ([0, 1, 1], [1, 6, 8], [5, 1, 4])
    """
    ends = np.cumsum(counts)
    bounds = int(ends[-1]) * np.arange(rows + 1) // rows
    cuts = np.union1d(bounds, ends)
    places, sizes = cuts[:-1], np.diff(cuts)
    text = np.searchsorted(ends, places, side="right")
    begins = starts[text] + places - (ends[text] - counts[text])
    numbers = np.searchsorted(bounds, places, side="right") - 1
    return Pieces(begins, sizes, numbers, -(-sizes // window))


def side_by_side(starts: Numbers, counts: Numbers, window: int) -> Pieces:
    """Read texts of similar length each in its own row, all in equally many windows.

    >>> side_by_side(np.array([1, 9]), np.array([7, 5]), window=4).windows.tolist()
    [2, 2]
    """
    most = -(-int(counts.max()) // window)
    return Pieces(starts, counts, np.arange(len(counts)), np.minimum(most, counts))


def deal_out(starts: Numbers, counts: Numbers, rows: int, window: int) -> Pieces:
    """Deal whole texts, the longest first, each to the row that is free first.

    >>> pieces = deal_out(np.array([1, 11, 21]), np.array([4, 9, 5]), rows=2, window=5)
    >>> pieces.rows.tolist(), pieces.starts.tolist(), pieces.steps
    ([0, 1, 1], [11, 21, 1], 2)
    """
    windows = -(-counts // window)
    order = np.argsort(-counts, kind="stable")
    free = [(0, row) for row in range(rows)]
    dealt = np.zeros(len(counts), dtype=np.int64)
    for text in order.tolist():
        step, row = heapq.heappop(free)
        dealt[text] = row
        heapq.heappush(free, (step + int(windows[text]), row))
    order = order[np.argsort(dealt[order], kind="stable")]
    return Pieces(starts[order], counts[order], dealt[order], windows[order])
