"""Several texts joined into one by the number of a special symbol."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtasks.data.store.ragged import Ragged


def put_between(found: Ragged, ends: Sequence[int], number: int) -> Ragged:
    """Consecutive sequences joined in groups, with a number between those of a group.

    Args:
        found: the numbers of each sequence.
        ends: the place behind the last sequence of each group, of which none is empty.
        number: stands between two.

    >>> rows = put_between(Ragged.pack([[5], [6, 7], [8], [9]]), [3, 4], 0)
    >>> [row.tolist() for row in rows]
    [[5, 0, 6, 7, 0, 8], [9]]
    """
    behind = np.array(ends, dtype=np.int64)
    later = np.ones(len(found), dtype=bool)
    later[0] = later[behind[:-1]] = False
    starts = found.offsets[:-1] + later.cumsum()
    inner = np.ones(len(found.values) + int(later.sum()), dtype=bool)
    inner[starts[later] - 1] = False
    values = np.full(len(inner), number, dtype=found.values.dtype)
    values[inner] = found.values
    offsets = np.zeros(len(behind) + 1, dtype=np.int64)
    offsets[1:] = (found.offsets[1:] + later.cumsum())[behind - 1]
    return Ragged(values, offsets)
