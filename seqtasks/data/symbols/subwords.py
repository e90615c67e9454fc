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
        tokenizer: of any kind; the names of its special symbols in a text are text.
        by_word: whether the tokenizer is one of byte-level pairs without a prefix space: no token
            of it spans the beginning of white space, so that words are cut one by one, each once.
            Otherwise it gets whole texts.
        dtype: of the numbers.
    """

    def __init__(self, tokenizer: Tokenizer, dtype: DTypeLike, *, by_word: bool) -> None:
        self.tokenizer, self.dtype, self.by_word = tokenizer, dtype, by_word

    def encode(self, texts: Sequence[str]) -> Ragged:
        """The numbers of each text's subwords."""
        if not self.by_word or sum(map(len, texts)) <= _FEW:
            return self.encode_whole(texts)
        return encode_pieces(texts, self.encode_words, _BATCH, _BATCH)

    def encode_whole(self, texts: Sequence[str]) -> Ragged:
        """The numbers of some texts, each as the tokenizer gives them."""
        self.tokenizer.encode_special_tokens = True  # which a copy from its JSON or pickle forgets
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
        return [text] if any(mark in text for mark in NO_SPACE) else _WORD.findall(text)
