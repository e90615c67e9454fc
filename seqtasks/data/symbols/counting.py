"""How often each symbol occurs, over data that may be larger than memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import chain, islice

import numpy as np

from seqtasks.data.symbols.characters import code_points
from seqtasks.data.symbols.folding import lowered
from seqtasks.data.symbols.pieces import batches, pieces
from seqtasks.data.symbols.words import SLICE, WordCutter
from seqtasks.errors import DataError

MOST_SYMBOLS = 25_000_000
"""Distinct symbols that are counted at most; as many take about 4 GB of memory."""

_STRIDE = 1 << 20
"""Symbols between two looks at how many are distinct."""


def count_symbols(symbols: Iterable[str]) -> Counter[str]:
    """The count of each symbol.

    Raises:
        DataError: there are more than `MOST_SYMBOLS`.
    """
    counts: Counter[str] = Counter()
    rest = iter(symbols)
    for first in rest:
        counts.update(chain([first], islice(rest, _STRIDE)))
        check_size(counts)
    return counts


def count_words(texts: Iterable[str], *, lowercase: bool = False) -> Counter[str]:
    """The count of each word of some texts.

    Raises:
        DataError: there are more than `MOST_SYMBOLS`.
    """
    counts: Counter[str] = Counter()
    cutter = WordCutter(lowercase=lowercase)
    parts = (part for text in texts for part in pieces(text, SLICE))
    for batch in batches(parts, SLICE):
        [words] = cutter.cut(["\v".join(batch)])
        counts.update(words)
        check_size(counts)
    return counts


def count_characters(texts: Iterable[str], *, lowercase: bool = False) -> Counter[str]:
    """The count of each character of some texts."""
    counts = np.zeros(0, dtype=np.int64)
    for batch in batches(texts):
        for points in code_points("".join(batch)):
            found = np.bincount(points)
            shorter, longer = sorted((counts, found), key=len)
            longer[: len(shorter)] += shorter
            counts = longer
    listed: Counter[str] = Counter()
    for point in np.flatnonzero(counts).tolist():
        symbol = chr(point)
        for folded in lowered(symbol) if lowercase else symbol:
            listed[folded] += int(counts[point])
    return listed


def ranked(
    counts: Mapping[str, int],
    specials: Collection[str] = (),
    *,
    min_count: int = 1,
    max_size: int | None = None,
) -> list[str]:
    """Some special symbols and then the others, the most frequent first, ties by symbol.

    Args:
        counts: symbol → how often it occurs.
        specials: symbols that come first; one that is spelled alike is another symbol.
        min_count: rarer symbols are left out.
        max_size: the largest number of symbols, specials included.

    >>> ranked({"b": 1, "c": 2, "a": 1}, ["<unk>"], max_size=3)
    ['<unk>', 'c', 'a']
    """
    kept = [(-n, symbol) for symbol, n in counts.items() if n >= min_count]
    return [*specials, *(symbol for _, symbol in sorted(kept))][:max_size]


def check_size(counts: Mapping[str, int]) -> None:
    """Refuse to count more distinct symbols than memory may hold.

    Raises:
        DataError: there are more than `MOST_SYMBOLS`.
    """
    if len(counts) > MOST_SYMBOLS:
        raise DataError(
            f"the training data has more than {MOST_SYMBOLS:,} distinct symbols, more than are "
            "counted in memory; byte pairs and characters spell every word of a text by few "
            "symbols: set `level`=bpe, or `level`=character",
            option="level",
        )
