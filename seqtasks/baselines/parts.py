"""Parts of a split, so that a baseline holds few examples at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.store.ragged import Ragged

if TYPE_CHECKING:
    from seqtasks.data.dataset import SequenceDataset

Numbers = NDArray[np.integer[Any]]

SCORED, COUNTED = 2**10, 2**15
"""Examples that are scored, or whose tags are counted, at once."""


def parts(count: int, size: int) -> Iterator[range]:
    """The numbers of so many examples, in consecutive parts.

    >>> list(parts(5, 2))
    [range(0, 2), range(2, 4), range(4, 5)]
    """
    return (range(first, min(first + size, count)) for first in range(0, count, size))


def flat(sequences: Ragged, part: range) -> NDArray[Any]:
    """The values of consecutive sequences, end to end.

    >>> flat(Ragged.pack([[1], [2, 3], [], [4]]), range(1, 3)).tolist()
    [2, 3]
    """
    return sequences.values[sequences.offsets[part.start] : sequences.offsets[part.stop]]


def tagged(dataset: SequenceDataset, tags: str, part: range) -> tuple[Numbers, Numbers]:
    """The tokens of some examples and the tag of each; where there are no tokens, zeros."""
    given = flat(dataset.encoded[tags], part)
    tokens = dataset.encoded.get("tokens")
    return np.zeros_like(given) if tokens is None else flat(tokens, part), given


def beginning(sequences: Ragged, most: int) -> Ragged:
    """The first sequences, which have so many values at most; the last one may be cut.

    >>> [row.tolist() for row in beginning(Ragged.pack([[1, 2], [3, 4], [5]]), 3)]
    [[1, 2], [3]]
    """
    if len(sequences.values) <= most:
        return sequences
    begun = int(np.searchsorted(sequences.offsets, most))
    return Ragged(sequences.values[:most], np.append(sequences.offsets[:begun], most))
