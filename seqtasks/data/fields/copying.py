"""The words of many sources and targets, as numbers to copy by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.store.ragged import Ragged
from seqtasks.data.symbols.numbers import laid_out


class Copy(NamedTuple):
    """The copying of one example; numbers from the vocabulary's size on stand for `words`.

    Attributes:
        source: (steps,) the target number of each source word.
        target: (words,) the number of each target word, none where there is no target.
        words: the source's words that the target's vocabulary lacks, each once.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    words: list[str]


class Copies:
    """The copying of every example of a split.

    Args:
        sources: (examples, steps), as in `Copy`.
        targets: (examples, words), before words that are not in the source become ``<unk>``.
        words: (examples, bytes), as in `Copy`: a JSON list in UTF-8, no byte for no word.
        unk_id: the number of ``<unk>``.
    """

    def __init__(self, sources: Ragged, targets: Ragged, words: Ragged, unk_id: int) -> None:
        self.sources, self.targets, self.words, self.unk_id = sources, targets, words, unk_id

    def columns(self) -> dict[str, Ragged]:
        """All but the number of ``<unk>``, by name."""
        return {"sources": self.sources, "targets": self.targets, "words": self.words}

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(number of examples,) int64, in words of the source."""
        return self.sources.lengths

    def cut(self, lengths: NDArray[np.int64]) -> Copies:
        """The same with the first words of each source alone."""
        return Copies(self.sources.cut(lengths), self.targets, self.words, self.unk_id)

    def __len__(self) -> int:
        return len(self.sources)

    def __getitem__(self, index: int) -> Copy:
        source, target = self.sources[index], self.targets[index]
        found = np.where(np.isin(target, source), target, self.unk_id)
        return Copy(source, found.astype(np.int32), unpack_words(self.words[index]))


def pack_words(words: Sequence[Sequence[str]]) -> Ragged:
    """(examples, bytes) uint8: each list of words as JSON in UTF-8, no byte for an empty one.

    >>> unpack_words(pack_words([[], ["é", "b"]])[1]), len(pack_words([[]])[0])
    (['é', 'b'], 0)
    """
    rows = [json.dumps(row, ensure_ascii=False).encode() if row else b"" for row in words]
    return laid_out(np.frombuffer(b"".join(rows), np.uint8), [len(row) for row in rows])


def unpack_words(packed: NDArray[np.uint8]) -> list[str]:
    """One list of words from its bytes."""
    words: list[str] = json.loads(packed.tobytes()) if len(packed) else []
    return words
