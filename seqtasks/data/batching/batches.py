"""Batches as boundaries in an order of examples, so that no list holds them all."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.store.columns import number_type

Integers = NDArray[np.integer[Any]]

BLOCK = 2**16
"""Examples whose lengths are looked at at once."""


class Batches(Sequence[list[int]]):
    """Some consecutive parts of an order, each made a list when it is asked for.

    Args:
        order: (examples,) the numbers of the examples.
        bounds: (parts + 1,) where each part begins in the order, and where the last one ends.
        chosen: (batches,) the parts that are batches, in order; None for all.

    >>> list(Batches(np.array([3, 1, 0, 2]), np.array([0, 3, 4]), np.array([1, 0])))
    [[2], [3, 1, 0]]
    """

    def __init__(self, order: Integers, bounds: Integers, chosen: Integers | None = None) -> None:
        self.order, self.bounds = order, bounds
        self.chosen = np.arange(len(bounds) - 1) if chosen is None else chosen

    def __len__(self) -> int:
        return len(self.chosen)

    def __getitem__(self, index: Any) -> Any:
        part = self.chosen[index]
        found: list[int] = self.order[self.bounds[part] : self.bounds[part + 1]].tolist()
        return found


def in_small_type(lengths: Integers) -> Integers:
    """The same numbers, at least 0, in the smallest integer type that holds them.

    >>> in_small_type(np.array([3, 300])).dtype
    dtype('uint16')
    """
    return lengths.astype(number_type(int(lengths.max(initial=0)) + 1))


def arrange(order: Integers, sizes: Sequence[Integers]) -> Integers:
    """An order sorted by the first sizes, ties by the second ones and so on, then as they stand.

    Args:
        order: (any number,) the numbers of examples.
        sizes: each (examples,), below 2³².

    >>> arrange(np.array([2, 1, 0]), [np.array([5, 4, 5])])
    array([1, 2, 0])
    """
    for size in reversed(sizes):
        # The size above the place: no two keys are equal, and they are sorted where they are.
        keys = size[order].astype(np.uint64)
        keys <<= 32
        keys |= np.arange(len(order), dtype=np.uint32)
        keys.sort()
        order = order[keys.astype(np.uint32)]
    return order


def boundaries(
    longest: Integers, batch_size: int | None, batch_tokens: int | None
) -> NDArray[np.int64]:
    """Cut an order of examples into consecutive batches that are as large as both limits allow.

    Args:
        longest: (examples,) the length of each example's longest field, in the order.
        batch_size: the largest number of examples in a batch; None for no limit.
        batch_tokens: the largest number of padded tokens, of which a single example may have more;
            None for no limit.

    Returns:
        (batches + 1,) where each batch begins, and the number of examples.

    >>> boundaries(np.array([2, 2, 3, 9]), 3, 6).tolist()
    [0, 2, 3, 4]
    """
    count = len(longest)
    most = count if batch_size is None else batch_size

    def room(size: int) -> int:
        """How many examples fit into a batch whose longest one has so many tokens."""
        return most if batch_tokens is None or not size else max(min(most, batch_tokens // size), 1)

    begins = array("q", [0] if count else [])
    begin = widest = 0  # of the batch that is not full yet
    for first, last, size in runs(longest):
        full = begin + room(max(widest, size))
        if first < full:
            widest, first = max(widest, size), min(last, full)
        if first < last:
            begins.extend(range(first, last, room(size)))
            begin, widest = begins[-1], size
    return np.append(np.frombuffer(begins, np.int64) if count else [], count).astype(np.int64)


def runs(longest: Integers) -> Iterator[tuple[int, int, int]]:
    """Yield the begin, the end and the length of consecutive examples of one length.

    >>> list(runs(np.array([4, 4, 7])))
    [(0, 2, 4), (2, 3, 7)]
    """
    for start in range(0, len(longest), BLOCK):
        block = longest[start : start + BLOCK]
        begins = changes(block)
        ends = np.append(begins[1:], len(block))
        yield from zip(
            (begins + start).tolist(), (ends + start).tolist(), block[begins].tolist(), strict=True
        )


def changes(values: Integers) -> NDArray[np.int64]:
    """Where runs of equal values begin.

    >>> changes(np.array([4, 4, 7, 4])).tolist()
    [0, 2, 3]
    """
    return np.flatnonzero(np.append(len(values) > 0, values[1:] != values[:-1])[: len(values)])
