"""Texts in batches of bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
