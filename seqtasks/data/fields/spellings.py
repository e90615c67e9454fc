"""The characters of every word of many sequences."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.store.ragged import Ragged


class Spellings:
    """Sequences of words, each spelled by the numbers of its characters.

    Args:
        counts: (sequences, words), the number of each word's characters.
        letters: (sequences, characters), the characters of all words of a sequence.

    >>> spellings = Spellings(Ragged.pack([[2, 1]]), Ragged.pack([[7, 8, 9]]))
    >>> [word.tolist() for word in spellings[0]]
    [[7, 8], [9]]
    """

    def __init__(self, counts: Ragged, letters: Ragged) -> None:
        self.counts, self.letters = counts, letters

    def columns(self) -> dict[str, Ragged]:
        """The two parts by name."""
        return {"counts": self.counts, "letters": self.letters}

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(number of sequences,) int64, in words."""
        return self.counts.lengths

    def cut(self, lengths: NDArray[np.int64]) -> Spellings:
        """The first words of each sequence."""
        counts = self.counts.cut(lengths)
        ends = np.concatenate([[0], np.cumsum(counts.values, dtype=np.int64)])
        return Spellings(counts, self.letters.cut(np.diff(ends[counts.offsets])))

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, index: int) -> list[NDArray[Any]]:
        letters = self.letters[index]
        ends = np.cumsum(self.counts[index], dtype=np.int64).tolist()
        return [letters[start:end] for start, end in pairwise([0, *ends])]
