"""Validation and test parts that are split off the training data."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.splitting.strata import Numbers, by_label, permutation, spread
from seqtasks.data.store.records import Records
from seqtasks.errors import DataError, UsageError

SPLIT = "the split"
"""Why records are missing in a part, where no limit is."""

Groups = NDArray[np.integer]
"""(records,) the number of the group that each record belongs to, from 0 as groups occur."""


def split_records(
    records: Records,
    fractions: Sequence[float],
    seed: int,
    split_by: str | None = None,
    strata: Numbers | None = None,
) -> list[Records]:
    """Split examples into random parts, of which the rest comes first.

    Args:
        records: all examples.
        fractions: share of each part to take off.
        seed: the same seed takes the same examples.
        split_by: a field; examples that agree in it stay in one part, the fractions are of
            its values, and their label is that of the first. None draws each example alone.
        strata: (records,) the label of each: every part then gets its share of each label, to
            within one, and one example of each stays in the rest. None draws without.

    Raises:
        DataError: a part would be empty.
    """
    groups, labels, count = units(records, split_by, strata)
    sizes = [round(fraction * count) for fraction in fractions]
    order = permutation(count, seed) if labels is None else spread(labels, seed)
    spare = count if labels is None else count - len(np.unique(labels))
    if sum(sizes) > spare:
        sizes = [size * spare // sum(sizes) for size in sizes]
        if not all(sizes):
            raise too_little(
                f"{count - spare:,} of the {count:,} examples stay in training, one of each label, "
                "which leaves "
            )
    ends = np.cumsum(sizes)
    *parts, rest = np.split(order, ends)
    drawn = [rest, *parts]
    if not all(len(part) for part in drawn):
        raise too_little()
    found = [records.select(_members(np.sort(part), groups)) for part in drawn]
    found[0].drawn_by = SPLIT
    return found


def hold_out(
    records: Records,
    folds: int,
    fold: int,
    seed: int,
    split_by: str | None = None,
    strata: Numbers | None = None,
) -> tuple[Records, Records]:
    """Split examples into those to train on and one fold to test on.

    Args:
        records: all examples.
        folds: number of folds, whose sizes differ by one at most.
        fold: the fold to test on, from 0.
        seed: the same seed makes the same parts.
        split_by: a field; examples that agree in it stay in one part, count as one example, and
            have the label of the first.
        strata: (records,) the label of each: the numbers of a label's examples in the folds then
            differ by one at most, and the only example of a label is in none. None draws without.

    Raises:
        DataError: there are fewer examples than parts.
    """
    groups, labels, count = units(records, split_by, strata)
    order = permutation(count, seed) if labels is None else by_label(labels, seed)
    if labels is not None:
        order = order[np.bincount(labels)[labels[order]] > 1]
    if len(order) < folds:
        alone = "" if len(order) == count else f", beside {count - len(order)} alone of their label"
        raise DataError(
            f"there are {len(order)} examples in the training data{alone}, and each of {folds} "
            "folds tests on one at least; give more data, or lower it",
            option="folds",
        )
    tested = np.zeros(count, np.bool_)
    tested[order[fold::folds]] = True
    train, test = (records.select(_members(np.flatnonzero(p), groups)) for p in (~tested, tested))
    train.drawn_by = SPLIT
    return train, test


def sample_records(
    records: Records, count: int, seed: int, strata: Numbers | None = None
) -> Records:
    """Draw examples at random, and keep their order.

    Args:
        records: all examples.
        count: how many to draw.
        seed: the same seed draws the same examples, and fewer of them for a smaller count.
        strata: (records,) the label of each: every label is then drawn in proportion, and once at
            least where the count allows, the commoner ones first. None draws without.

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
    order = permutation(total, seed) if strata is None else spread(strata, seed)[::-1]
    drawn = np.sort(order[:count])
    found = records.select(drawn if total == len(records) else _members(drawn, texts))
    found.drawn_by = f"data.limit={count}"
    return found


def units(
    records: Records, split_by: str | None, strata: Numbers | None
) -> tuple[Groups | None, Numbers | None, int]:
    """What is drawn as one: the groups of records, the label of each unit, how many there are."""
    if split_by is None:
        return None, strata, len(records)
    groups = group(records, split_by)
    count = int(groups.max(initial=-1)) + 1
    if strata is None:
        return groups, None, count
    _, first = np.unique(groups, return_index=True)
    return groups, strata[first], count


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


def too_little(reason: str = "the data is ") -> DataError:
    """The error for data of which a part would be empty."""
    return DataError(
        f"{reason}too little to split into training, validation and test parts; give more, or "
        "files of your own as `val` and `test`",
        option="train",
    )
