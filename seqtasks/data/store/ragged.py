"""Sequences of unequal length in one flat array."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class Ragged:
    """Sequences laid end to end, with the offset of each.

    Args:
        values: all sequences, one after another.
        offsets: (number of sequences + 1,) int64; sequence i is values[offsets[i]:offsets[i + 1]].

    >>> ragged = Ragged.pack([[1, 2, 3], [], [4]])
    >>> len(ragged), ragged.lengths.tolist(), ragged[0].tolist()
    (3, [3, 0, 1], [1, 2, 3])
    """

    def __init__(self, values: NDArray[np.int32], offsets: NDArray[np.int64]) -> None:
        self.values, self.offsets = values, offsets

    @classmethod
    def pack(cls, sequences: Iterable[Sequence[int] | NDArray[np.int32]]) -> Ragged:
        """Lay sequences end to end, in memory."""
        arrays = [np.asarray(sequence, dtype=np.int32) for sequence in sequences]
        offsets = np.zeros(len(arrays) + 1, dtype=np.int64)
        np.cumsum([len(array) for array in arrays], out=offsets[1:])
        values = np.concatenate(arrays) if arrays else np.zeros(0, np.int32)
        return cls(values.astype(np.int32, copy=False), offsets)

    def mapped(self, path: Path) -> Ragged:
        """The same sequences with their values in a file that is read on demand."""
        np.save(path, self.values)
        return Ragged(np.load(path, mmap_mode="r"), self.offsets)

    def cut(self, lengths: NDArray[np.int64]) -> Ragged:
        """The first numbers of each sequence, at most ``lengths`` of them."""
        return Ragged.pack([self[index][:length] for index, length in enumerate(lengths)])

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(number of sequences,) int64."""
        return np.diff(self.offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[NDArray[np.int32]]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> NDArray[np.int32]:
        return self.values[self.offsets[index] : self.offsets[index + 1]]


def pad_sequences(sequences: Sequence[Sequence[int] | NDArray[np.int32]], value: int = 0) -> Tensor:
    """Sequences as (number of sequences, longest) int64, padded at the end.

    >>> pad_sequences([[1, 2], [3]])
    tensor([[1, 2],
            [3, 0]])
    """
    longest = max((len(sequence) for sequence in sequences), default=0)
    padded = np.full((len(sequences), longest), value, dtype=np.int64)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = sequence
    return torch.from_numpy(padded)


def sequence_lengths(sequences: Sequence[Sequence[int] | NDArray[np.int32]]) -> Tensor:
    """(number of sequences,) int64, the length of each."""
    return torch.tensor([len(sequence) for sequence in sequences], dtype=torch.int64)
