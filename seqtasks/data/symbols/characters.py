"""Characters, whose numbers stand in a table by code point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import DTypeLike, NDArray

from seqtasks.data.store.ragged import Ragged
from seqtasks.data.symbols.folding import lowered
from seqtasks.data.symbols.numbers import laid_out

_SLICE = 1 << 20
"""Characters that are looked up at once, which bounds the memory for their code points."""


class CharacterTable:
    """The numbers of characters.

    Args:
        index: character → number.
        unk_id: the number of all other characters.
        dtype: of the numbers.
        lowercase: fold case first.

    >>> table = CharacterTable({"a": 1, "é": 2}, 0, np.uint8)
    >>> [row.tolist() for row in table.encode(["éa?a", ""])]
    [[2, 1, 0, 1], []]
    """

    def __init__(
        self,
        index: Mapping[str, int],
        unk_id: int,
        dtype: DTypeLike,
        *,
        lowercase: bool = False,
    ) -> None:
        self.lowercase = lowercase
        known = {ord(symbol): number for symbol, number in index.items() if len(symbol) == 1}
        # The entry behind the last stands for all code points beyond it.
        self.table = np.full(max(known, default=0) + 2, unk_id, dtype=dtype)
        self.table[list(known)] = list(known.values())

    def encode(self, texts: Sequence[str]) -> Ragged:
        """The numbers of each text's characters."""
        if self.lowercase:
            texts = [lowered(text) for text in texts]
        together = "".join(texts)
        values = np.empty(len(together), dtype=self.table.dtype)
        start = 0
        for points in code_points(together):
            end = start + len(points)
            np.take(self.table, points, mode="clip", out=values[start:end])
            start = end
        return laid_out(values, [len(text) for text in texts])


def code_points(text: str) -> Iterator[NDArray[np.uint32]]:
    """The code points of a text, in slices."""
    for start in range(0, len(text), _SLICE):
        encoded = text[start : start + _SLICE].encode("utf-32-le", "surrogatepass")
        yield np.frombuffer(encoded, dtype="<u4")
