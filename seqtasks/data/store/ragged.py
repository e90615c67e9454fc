"""Sequences of unequal length in one flat array."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import DTypeLike, NDArray
from torch import Tensor

from seqtasks.data.store.flat_file import by_file, from_file


class Ragged:
    """Sequences laid end to end, with the offset of each.

    Args:
        values: all sequences, one after another; of integers, or (all steps, channels).
        offsets: (number of sequences + 1,) int64; sequence i is values[offsets[i]:offsets[i + 1]].

    >>> ragged = Ragged.pack([[1, 2, 3], [], [4]])
    >>> len(ragged), ragged.lengths.tolist(), ragged[0].tolist()
    (3, [3, 0, 1], [1, 2, 3])
    """

    def __init__(self, values: NDArray[Any], offsets: NDArray[np.int64]) -> None:
        self.values, self.offsets = values, offsets

    @classmethod
    def pack(
        cls, sequences: Iterable[Sequence[int] | NDArray[Any]], dtype: DTypeLike = np.int32
    ) -> Ragged:
        """Lay sequences of integers end to end, in memory.

        Args:
            sequences: each of any length.
            dtype: of the values, see `seqtasks.data.store.columns.number_type`.
        """
        listed = list(sequences)
        offsets = np.zeros(len(listed) + 1, dtype=np.int64)
        np.cumsum([len(sequence) for sequence in listed], out=offsets[1:])
        if listed and isinstance(listed[0], np.ndarray):
            return cls(np.concatenate(listed, dtype=dtype, casting="unsafe"), offsets)
        numbers = itertools.chain.from_iterable(listed)
        return cls(np.fromiter(numbers, dtype, count=int(offsets[-1])), offsets)

    def __getstate__(self) -> dict[str, Any]:
        """For another process: a mapped array is its file there, not a copy of all it holds."""
        return {"values": by_file(self.values), "offsets": by_file(self.offsets)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.values, self.offsets = from_file(state["values"]), from_file(state["offsets"])

    def cut(self, lengths: NDArray[np.int64]) -> Ragged:
        """The first numbers of each sequence, at most ``lengths`` of them."""
        kept = np.minimum(self.lengths, lengths)
        offsets = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
        places = np.arange(offsets[-1]) + np.repeat(self.offsets[:-1] - offsets[:-1], kept)
        return Ragged(self.values[places], offsets)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(sequences,) int64."""
        return np.diff(self.offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> NDArray[Any]:
        return self.values[self.offsets[index] : self.offsets[index + 1]]


def pad_sequences(sequences: Sequence[Sequence[int] | NDArray[Any]], value: int = 0) -> Tensor:
    """Sequences as (sequences, time) int64, padded at the end.

    >>> pad_sequences([[1, 2], [3]])
    tensor([[1, 2],
            [3, 0]])
    """
    longest = max((len(sequence) for sequence in sequences), default=0)
    padded = np.full((len(sequences), longest), value, dtype=np.int64)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = sequence
    return torch.from_numpy(padded)


def sequence_lengths(sequences: Sequence[Sequence[int] | NDArray[Any]]) -> Tensor:
    """(sequences,) int64, the length of each."""
    return torch.tensor([len(sequence) for sequence in sequences], dtype=torch.int64)
