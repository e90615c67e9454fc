"""Byte pairs, found by `tokenizers` on all cores, in pieces of bounded size."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import DTypeLike
from tokenizers import Tokenizer

from seqtasks.data.store.ragged import Ragged
from seqtasks.data.symbols.batches import batches
from seqtasks.data.symbols.numbers import laid_out
from seqtasks.data.symbols.special_names import SpecialNames

PIECE = 1 << 16
"""Characters of a text that `tokenizers` gets at once."""

_CUT = re.compile(r"(?<=[^\s\x1c-\x1f])[ \n]")
"""A blank behind something that is none: no token of byte-level pairs spans this place."""


class Subwords:
    """The numbers of a tokenizer's symbols.

    Args:
        tokenizer: of any kind.
        names: of symbols that stay whole, where long texts may be cut as `pieces` does; None
            leaves every text whole.
        dtype: of the numbers.
    """

    def __init__(self, tokenizer: Tokenizer, names: SpecialNames | None, dtype: DTypeLike) -> None:
        self.tokenizer, self.names, self.dtype = tokenizer, names, dtype

    def encode(self, texts: Sequence[str]) -> Ragged:
        """The numbers of each text's subwords."""
        names = self.names
        parts = [[text] if names is None else list(pieces(text, names)) for text in texts]
        values, lengths = [], []
        for batch in batches(chain.from_iterable(parts)):
            found = [encoding.ids for encoding in self.tokenizer.encode_batch_fast(batch)]
            lengths += [len(ids) for ids in found]
            numbers = chain.from_iterable(found)
            values.append(np.fromiter(numbers, self.dtype, count=sum(lengths[-len(found) :])))
        ends = np.cumsum([0, *lengths])[np.cumsum([0, *map(len, parts)])]
        return laid_out(np.concatenate([np.zeros(0, self.dtype), *values]), np.diff(ends))


def pieces(text: str, names: SpecialNames) -> Iterator[str]:
    """A text in pieces of about `PIECE` characters, cut where no token is.

    Each piece but the first begins with a blank; a stretch without one stays whole.
    """
    if len(text) <= PIECE:
        yield text
        return
    for place, part in enumerate(names.divide(text)):
        start = 0
        while not place % 2 and len(part) - start > PIECE:
            found = _CUT.search(part, start + PIECE)
            if found is None:
                break
            yield part[start : found.start()]
            start = found.start()
        yield part[start:]
