"""How the batch of one step of training is dealt out to several processes, and to several parts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Deal(NamedTuple):
    """The share of a process in every batch, and in how many parts it reads it, one by one.

    A batch holds the same examples however it is dealt out: each of them belongs to one process
    and one part.

    Attributes:
        rank: of the process, from 0.
        processes: their number.
        parts: of a batch, whose gradients are accumulated (``trainer.accumulate_grad_batches``).
    """

    rank: int = 0
    processes: int = 1
    parts: int = 1

    def examples(self, batch: list[int], part: int) -> list[int]:
        """Every so many-th example of a consecutive part of a batch that is sorted by length.

        >>> [Deal(rank, 2, 2).examples([7, 8, 9, 5, 4], part) for rank in (0, 1) for part in (0, 1)]
        [[7, 9], [5], [8], [4]]
        """
        size, more = divmod(len(batch), self.parts)
        begin = part * size + min(part, more)
        return batch[begin + self.rank : begin + size + (part < more) : self.processes]

    def rows(self, rows: int, part: int) -> NDArray[np.int64]:
        """The numbers of the rows of one part; all processes and parts have equally many.

        Those from ``rows`` on have nothing to read.

        >>> [Deal(rank, 2, 2).rows(6, part).tolist() for rank in (0, 1) for part in (0, 1)]
        [[0, 4], [1, 5], [2, 6], [3, 7]]
        """
        shares = self.processes * self.parts
        first = self.rank * self.parts + part
        return np.arange(first, -(-rows // shares) * shares, shares, dtype=np.int64)


WHOLE = Deal()
"""Batches that one process reads in one part."""
