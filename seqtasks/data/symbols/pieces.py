"""Texts in batches of bounded size, and long ones in pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

import numpy as np

from seqtasks.data.store.ragged import Ragged
from seqtasks.data.symbols.numbers import laid_out

_CUT = re.compile(r"(?<=[^\s\x1c-\x1f])[ \n]")
"""A blank behind something that is none: neither a word nor a byte-level token spans it."""

_BATCH = 1 << 20
"""Characters of a batch, unless it is a single text."""


def batches(texts: Iterable[str], size: int = _BATCH) -> Iterator[list[str]]:
    """Consecutive texts in lists of about ``size`` characters.

    >>> list(batches(["ab", "cd", "e", ""], size=3))
    [['ab', 'cd'], ['e', '']]
    """
    batch: list[str] = []
    count = 0
    for text in texts:
        batch.append(text)
        count += len(text)
        if count >= size:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch


def pieces(text: str, size: int) -> list[str]:
    """A text in pieces of about ``size`` characters, cut where no token is.

    Each piece but the first begins with a blank. A stretch without a blank stays whole.

    Args:
        text: of any length.
        size: the length at which a piece ends with its word.

    >>> pieces("a bc d", 2)
    ['a bc', ' d']
    """
    if len(text) <= size:
        return [text]
    found = []
    start = 0
    while len(text) - start > size and (cut := _CUT.search(text, start + size)):
        found.append(text[start : cut.start()])
        start = cut.start()
    return [*found, text[start:]]


def encode_pieces(
    texts: Sequence[str],
    encode: Callable[[Sequence[str]], Ragged],
    size: int,
    batch: int,
) -> Ragged:
    """The numbers of texts, which a function gives for their pieces in batches.

    Args:
        texts: of any length.
        encode: gives the numbers of some pieces.
        size: of a piece, in characters.
        batch: the size of a batch, in characters.
    """
    if sum(map(len, texts)) <= size:
        return encode(texts)
    parts = [pieces(text, size) for text in texts]
    found = [encode(one) for one in batches(chain.from_iterable(parts), batch)]
    ends = np.cumsum([0, *chain.from_iterable(one.lengths.tolist() for one in found)])
    lengths = np.diff(ends[np.cumsum([0, *map(len, parts)])])
    return laid_out(np.concatenate([one.values for one in found]), lengths)
