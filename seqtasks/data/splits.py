"""Validation and test parts that are split off the training data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from seqtasks.data.record import Record
from seqtasks.errors import DataError, UsageError


def split_records(
    records: Sequence[Record], fractions: Sequence[float], seed: int, split_by: str | None = None
) -> list[list[Record]]:
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
    kept = _grouped(records, split_by)
    order = np.random.default_rng(seed).permutation(len(kept)).tolist()

    def part(start: int, end: int | None) -> list[Record]:
        return [record for number in sorted(order[start:end]) for record in kept[number]]

    parts, start = [], 0
    for fraction in fractions:
        after = start + round(fraction * len(kept))
        parts.append(part(start, after))
        start = after
    rest = part(start, None)
    _check_parts([rest, *parts])
    return [rest, *parts]


def _grouped(records: Sequence[Record], split_by: str | None) -> list[list[Record]]:
    """Examples that agree in a field side by side, or each alone where there is no such field."""
    groups: dict[int | str, list[Record]] = {}
    for number, record in enumerate(records):
        key = number if split_by is None else str(record.values[split_by])
        groups.setdefault(key, []).append(record)
    return list(groups.values())


def hold_out(
    records: Sequence[Record], folds: int, fold: int, seed: int, split_by: str | None = None
) -> tuple[list[Record], list[Record]]:
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
    kept = _grouped(records, split_by)
    if len(kept) < folds:
        raise DataError(
            f"there are {len(kept)} examples in the training data, and each of {folds} folds "
            "tests on one at least; give more data, or lower it",
            option="folds",
        )
    order = np.random.default_rng(seed).permutation(len(kept)).tolist()
    chosen = set(order[fold::folds])
    parts: tuple[list[Record], list[Record]] = ([], [])
    for number, group in enumerate(kept):
        parts[number in chosen].extend(group)
    return parts


def sample_records(records: Sequence[Record], count: int, seed: int) -> list[Record]:
    """Draw examples at random, and keep their order.

    Args:
        records: all examples.
        count: how many to draw.
        seed: the same seed draws the same examples, and fewer of them for a smaller count.

    Raises:
        UsageError: there are fewer.
    """
    if count > len(records):
        raise UsageError(
            f"there are {len(records):,} examples to train on, not {count:,}; lower it, or set it "
            "to null",
            option="limit",
        )
    order = np.random.default_rng(seed).permutation(len(records)).tolist()
    return [records[number] for number in sorted(order[:count])]


def split_texts(
    records: Sequence[Record], fractions: Sequence[float], whole_words: bool
) -> list[list[Record]]:
    """Split every text into consecutive parts, of which the first is for training.

    Args:
        records: texts, each with raw strings as values.
        fractions: share of each part to take off the end, in order of the text.
        whole_words: move each cut to the next white space.

    Raises:
        DataError: a part would be empty.
    """
    bounds = np.cumsum([1 - sum(fractions), *fractions])
    parts: list[list[Record]] = [[] for _ in bounds]
    for record in records:
        values: list[dict[str, str | list[str]]] = [{} for _ in bounds]
        for name, text in record.values.items():
            start = 0
            for number, bound in enumerate(bounds):
                after = len(text) if number == len(bounds) - 1 else int(len(text) * bound)
                while whole_words and start < after < len(text) and not str(text[after]).isspace():
                    after += 1
                values[number][name] = text[start:after]
                start = after
        for part, value in zip(parts, values, strict=True):
            part.append(replace(record, values=value))
    for part in parts:
        part[:] = [r for r in part if any(str(value).strip() for value in r.values.values())]
    _check_parts(parts)
    return parts


def _check_parts(parts: Sequence[Sequence[Record]]) -> None:
    """Refuse parts of which one is empty."""
    if not all(parts):
        raise DataError(
            "the data is too little to split into training, validation and test parts; give more, "
            "or files of your own as `val` and `test`",
            option="train",
        )
