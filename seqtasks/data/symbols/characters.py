"""Characters, whose numbers stand in a table by code point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from seqtasks.data.store.ragged import Ragged
from seqtasks.data.symbols.folding import lowered
from seqtasks.data.symbols.numbers import laid_out
from seqtasks.data.symbols.special_names import SpecialNames

_STAND_IN = 0xD800
"""The first surrogate. No text holds one, so surrogates stand for the names of symbols."""

_SLICE = 1 << 20
"""Characters that are looked up at once, which bounds the memory for their code points."""


class CharacterTable:
    """The numbers of characters.

    Args:
        names: of symbols that stay whole, all in the index.
        index: symbol → number.
        unk_id: the number of all other characters.
        dtype: of the numbers.
        lowercase: fold case first, but for the names.

    >>> names, index = SpecialNames(["<unk>", "<sep>"]), {"<unk>": 0, "<sep>": 1, "a": 2, "é": 3}
    >>> table = CharacterTable(names, index, 0, np.uint8)
    >>> [row.tolist() for row in table.encode(["éa<sep>?a", ""])]
    [[3, 2, 1, 0, 2], []]
    """

    def __init__(
        self,
        names: SpecialNames,
        index: Mapping[str, int],
        unk_id: int,
        dtype: DTypeLike,
        *,
        lowercase: bool = False,
    ) -> None:
        self.names, self.lowercase = names, lowercase
        self.stand_ins = {n: chr(_STAND_IN + at) for at, n in enumerate(sorted(names.names))}
        known = {ord(symbol): number for symbol, number in index.items() if len(symbol) == 1}
        known |= {ord(self.stand_ins[name]): index[name] for name in names.names}
        # The entry behind the last stands for all code points beyond it.
        self.table = np.full(max(known, default=0) + 2, unk_id, dtype=dtype)
        self.table[list(known)] = list(known.values())

    def encode(self, texts: Sequence[str]) -> Ragged:
        """The numbers of each text's characters."""
        errors = "strict" if self.names.names else "surrogatepass"
        if self.names.within("".join(texts)):
            replaced = [self.names.pattern.sub(self.stand_in, text) for text in texts]
            if replaced != list(texts):
                texts, errors = replaced, "surrogatepass"
        if self.lowercase:
            texts = [lowered(text) for text in texts]
        together = "".join(texts)
        values = np.empty(len(together), dtype=self.table.dtype)
        start = 0
        for points in code_points(together, errors):
            end = start + len(points)
            np.take(self.table, points, mode="clip", out=values[start:end])
            start = end
        return laid_out(values, [len(text) for text in texts])

    def stand_in(self, match: Any) -> str:
        """The character that stands for a name."""
        return self.stand_ins[match[0]]


def code_points(text: str, errors: str = "surrogatepass") -> Iterator[NDArray[np.uint32]]:
    """The code points of a text, in slices.

    Raises:
        UnicodeEncodeError: the text holds a surrogate, and ``errors`` is ``strict``.
    """
    for start in range(0, len(text), _SLICE):
        encoded = text[start : start + _SLICE].encode("utf-32-le", errors)
        yield np.frombuffer(encoded, dtype="<u4")
