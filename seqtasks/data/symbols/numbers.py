"""The numbers of symbols, laid end to end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from seqtasks.data.store.ragged import Ragged

_Symbol = TypeVar("_Symbol")


class Coder(Protocol):
    """Turns raw texts into numbers."""

    def encode(self, texts: Sequence[str]) -> Ragged:
        """The numbers of each text's symbols, of the smallest type that holds the vocabulary."""
        ...


def laid_out(values: NDArray[Any], lengths: Sequence[int] | NDArray[np.integer]) -> Ragged:
    """Numbers that lie end to end, with the length of each sequence.

    >>> [row.tolist() for row in laid_out(np.array([4, 5, 6]), [2, 0, 1])]
    [[4, 5], [], [6]]
    """
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    offsets[1:] = lengths
    offsets.cumsum(out=offsets)
    return Ragged(values, offsets)


def look_up(
    rows: Sequence[Sequence[_Symbol]],
    index: Mapping[_Symbol, int],
    unk_id: int | None,
    dtype: DTypeLike,
) -> Ragged:
    """The number of every symbol of some sequences.

    Args:
        rows: the sequences.
        index: symbol → number.
        unk_id: the number of symbols that are not in the index; None if all are.
        dtype: of the numbers.

    Raises:
        KeyError: a symbol is not in the index, and ``unk_id`` is None.
    """
    lengths = [len(row) for row in rows]
    symbols = chain.from_iterable(rows)
    numbers = (
        map(index.__getitem__, symbols)
        if unk_id is None
        else map(index.get, symbols, repeat(unk_id))
    )
    return laid_out(np.fromiter(numbers, dtype, count=sum(lengths)), lengths)
