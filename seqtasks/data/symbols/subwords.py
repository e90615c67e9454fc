"""Symbols that a tokenizer of `tokenizers` finds, on all cores."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import DTypeLike
from tokenizers import Tokenizer

from seqtasks.data.store.ragged import Ragged
from seqtasks.data.symbols.numbers import laid_out
from seqtasks.data.symbols.pieces import encode_pieces
from seqtasks.data.symbols.special_names import SpecialNames

PIECE = 1 << 16
"""Characters of a text that one core gets at once."""

_BATCH = 1 << 20
"""Characters that all cores get at once."""


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
        if self.names is None:
            return self.encode_whole(texts)
        return encode_pieces(texts, self.encode_whole, self.names, PIECE, _BATCH)

    def encode_whole(self, texts: Sequence[str]) -> Ragged:
        """The numbers of some texts, all at once."""
        found = [encoding.ids for encoding in self.tokenizer.encode_batch_fast(list(texts))]
        lengths = [len(ids) for ids in found]
        return laid_out(
            np.fromiter(chain.from_iterable(found), self.dtype, count=sum(lengths)), lengths
        )
