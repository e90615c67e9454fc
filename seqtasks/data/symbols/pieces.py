"""Texts in batches of bounded size, and long ones in pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

import numpy as np

from seqtasks.data.store.ragged import Ragged
from seqtasks.data.symbols.numbers import laid_out
from seqtasks.data.symbols.special_names import SpecialNames

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


def pieces(text: str, names: SpecialNames, size: int) -> list[str]:
    """A text in pieces of about ``size`` characters, cut where no token is.

    Each piece but the first begins with a blank or with a name, or follows a name. A stretch
    without a blank stays whole.

    Args:
        text: of any length.
        names: of symbols that stay whole.
        size: the length at which a piece ends with its word.
    """
    if len(text) <= size:
        return [text]
    found = []
    for place, part in enumerate(names.divide(text)):
        start = 0
        while not place % 2 and len(part) - start > size:
            cut = _CUT.search(part, start + size)
            if cut is None:
                break
            found.append(part[start : cut.start()])
            start = cut.start()
        found.append(part[start:])
    return found


def encode_pieces(
    texts: Sequence[str],
    encode: Callable[[Sequence[str]], Ragged],
    names: SpecialNames,
    size: int,
    batch: int,
) -> Ragged:
    """The numbers of texts, which a function gives for their pieces in batches.

    Args:
        texts: of any length.
        encode: gives the numbers of some pieces.
        names: of symbols that stay whole.
        size: of a piece, in characters.
        batch: the size of a batch, in characters.
    """
    if sum(map(len, texts)) <= size:
        return encode(texts)
    parts = [pieces(text, names, size) for text in texts]
    found = [encode(one) for one in batches(chain.from_iterable(parts), batch)]
    ends = np.cumsum([0, *chain.from_iterable(one.lengths.tolist() for one in found)])
    lengths = np.diff(ends[np.cumsum([0, *map(len, parts)])])
    return laid_out(np.concatenate([one.values for one in found]), lengths)
