"""Validation and test parts that are split off the training data."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.store.columns import number_type
from seqtasks.data.store.records import Records
from seqtasks.errors import DataError, UsageError

Groups = NDArray[np.integer]
"""(records,) the number of the group that each record belongs to, from 0 as groups occur."""


def split_records(
    records: Records, fractions: Sequence[float], seed: int, split_by: str | None = None
) -> list[Records]:
    """Split examples into random parts, of which the rest comes first.

    Args:
        records: all examples.
        fractions: share of each part to take off.
        seed: the same seed takes the same examples.
        split_by: a field; examples that agree in it stay in one part, and the fractions are of
            its values. None draws each example alone.

    Raises:
        DataError: a part would be empty.
    """
    groups = None if split_by is None else group(records, split_by)
    count = len(records) if groups is None else int(groups.max(initial=-1)) + 1
    order = permutation(count, seed)
    parts, start = [], 0
    for fraction in fractions:
        after = start + round(fraction * count)
        parts.append(order[start:after])
        start = after
    drawn = [order[start:], *parts]
    if not all(len(part) for part in drawn):
        raise too_little()
    return [records.select(_members(np.sort(part), groups)) for part in drawn]


def hold_out(
    records: Records, folds: int, fold: int, seed: int, split_by: str | None = None
) -> tuple[Records, Records]:
    """Split examples into those to train on and one fold to test on.

    Args:
        records: all examples.
        folds: number of folds, whose sizes differ by one at most.
        fold: the fold to test on, from 0.
        seed: the same seed makes the same parts.
        split_by: a field; examples that agree in it stay in one part and count as one example.

    Raises:
        DataError: there are fewer examples than parts.
    """
    groups = None if split_by is None else group(records, split_by)
    count = len(records) if groups is None else int(groups.max(initial=-1)) + 1
    if count < folds:
        raise DataError(
            f"there are {count} examples in the training data, and each of {folds} folds "
            "tests on one at least; give more data, or lower it",
            option="folds",
        )
    order = permutation(count, seed)
    tested = np.zeros(count, np.bool_)
    tested[order[fold::folds]] = True
    train, test = (records.select(_members(np.flatnonzero(p), groups)) for p in (~tested, tested))
    return train, test


def sample_records(records: Records, count: int, seed: int) -> Records:
    """Draw examples at random, and keep their order.

    Args:
        records: all examples.
        count: how many to draw.
        seed: the same seed draws the same examples, and fewer of them for a smaller count.

    Raises:
        UsageError: there are fewer.
    """
    texts = np.cumsum(records.begins) - 1  # a running text comes in several records
    total = int(texts[-1]) + 1
    if count > total:
        raise UsageError(
            f"there are {total:,} examples to train on, not {count:,}; lower it, or set it to null",
            option="limit",
        )
    drawn = np.sort(permutation(total, seed)[:count])
    return records.select(drawn if total == len(records) else _members(drawn, texts))


def permutation(count: int, seed: int) -> NDArray[np.integer]:
    """The numbers below a count in random order, in the smallest type that holds them."""
    numbers = np.arange(count, dtype=number_type(count))
    return np.random.default_rng(seed).permutation(numbers)


def group(records: Records, field: str) -> Groups:
    """The groups of records that agree in a field."""
    digests = np.empty(len(records), dtype="S16")
    at = 0
    for chunk in records.chunks():
        for record in chunk:
            digests[at] = blake2b(str(record.values[field]).encode(), digest_size=16).digest()
            at += 1
    _, first, groups = np.unique(digests, return_index=True, return_inverse=True)
    ranks = np.empty(len(first), np.int64)
    ranks[np.argsort(first)] = np.arange(len(first))
    return ranks[groups]


def _members(numbers: NDArray[np.integer], groups: Groups | None) -> NDArray[np.integer]:
    """The places of the records in some groups, group by group; without groups each is its own."""
    if groups is None:
        return numbers
    order = np.argsort(groups, kind="stable")
    return order[np.isin(groups[order], numbers)]


def too_little() -> DataError:
    """The error for data of which a part would be empty."""
    return DataError(
        "the data is too little to split into training, validation and test parts; give more, "
        "or files of your own as `val` and `test`",
        option="train",
    )
