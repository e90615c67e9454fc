"""Subwords, which `tokenizers` finds on all cores."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import DTypeLike
from tokenizers import Tokenizer

from seqtasks.data.store.ragged import Ragged
from seqtasks.data.symbols.numbers import laid_out
from seqtasks.data.symbols.pieces import encode_pieces
from seqtasks.data.symbols.special_names import SpecialNames
from seqtasks.data.symbols.words import NO_SPACE

_FEW = 1 << 12
"""Characters in which words are too rarely alike to look for."""

_BATCH = 1 << 22
"""Characters in which every distinct word is cut once."""

_WORD = re.compile(r"\s*\S+|\s+")
"""A word with the white space before it, or the white space behind the last word."""


class Subwords:
    """The numbers of a tokenizer's symbols.

    Args:
        tokenizer: of any kind.
        names: of symbols that stay whole, where the tokenizer is one of byte-level pairs without
            a prefix space: no token of it spans the beginning of white space, so that words are
            cut one by one, each once. None gives the tokenizer whole texts.
        dtype: of the numbers.
    """

    def __init__(self, tokenizer: Tokenizer, names: SpecialNames | None, dtype: DTypeLike) -> None:
        self.tokenizer, self.names, self.dtype = tokenizer, names, dtype

    def encode(self, texts: Sequence[str]) -> Ragged:
        """The numbers of each text's subwords."""
        if self.names is None or sum(map(len, texts)) <= _FEW:
            return self.encode_whole(texts)
        return encode_pieces(texts, self.encode_words, self.names, _BATCH, _BATCH)

    def encode_whole(self, texts: Sequence[str]) -> Ragged:
        """The numbers of some texts, each as the tokenizer gives them."""
        found = [encoding.ids for encoding in self.tokenizer.encode_batch_fast(list(texts))]
        lengths = [len(ids) for ids in found]
        return laid_out(
            np.fromiter(chain.from_iterable(found), self.dtype, count=sum(lengths)), lengths
        )

    def encode_words(self, texts: Sequence[str]) -> Ragged:
        """The numbers of some texts, from those of each distinct word in them."""
        rows = [self.words(text) for text in texts]
        distinct = list(dict.fromkeys(chain.from_iterable(rows)))
        numbers = map(np.ndarray.tobytes, self.encode_whole(distinct))
        table = dict(zip(distinct, numbers, strict=True))
        found = [b"".join(map(table.__getitem__, row)) for row in rows]
        size = np.dtype(self.dtype).itemsize
        values = np.frombuffer(b"".join(found), dtype=self.dtype)
        return laid_out(values, [len(row) // size for row in found])

    def words(self, text: str) -> list[str]:
        """A text in parts that the tokenizer cuts alone."""
        assert self.names is not None
        if any(mark in text for mark in NO_SPACE):
            return [text]
        parts = self.names.divide(text)
        found = [_WORD.findall(part) if n % 2 == 0 else [part] for n, part in enumerate(parts)]
        return list(chain.from_iterable(found))
