"""The label of each example, and the order of examples in which each label is spread evenly."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.fields.field import Field
from seqtasks.data.record import Record
from seqtasks.data.store.columns import number_type
from seqtasks.data.store.record_file import RecordFile

Numbers = NDArray[np.integer[Any]]


class Strata(NamedTuple):
    """The label of each example by its number.

    Attributes:
        numbers: (examples,) from 0 to the number of labels less one.
        names: the labels.
    """

    numbers: Numbers
    names: list[str]

    def select(self, places: Numbers) -> Strata:
        """Those of some examples."""
        return Strata(self.numbers[places], self.names)

    @property
    def counts(self) -> Numbers:
        """(labels,) how often each label occurs."""
        return np.bincount(self.numbers, minlength=len(self.names))


class _Numbered(dict[str, int]):
    """Raw value → the number of its label, which is found when the value is first met."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self.names: dict[str, int] = {}

    def __missing__(self, value: str) -> int:
        [label] = self.field.classes(Record({self.field.name: value}))
        self[value] = number = self.names.setdefault(label, len(self.names))
        return number


def strata_of(file: RecordFile, field: Field) -> Strata:
    """The labels of all records of a file, of which the field's column alone is read.

    Args:
        file: the records.
        field: has one class for each record.
    """
    numbers = np.empty(len(file), np.uint32)
    known, at = _Numbered(field), 0
    for values in file.column(field.name):
        found = map(known.__getitem__, map(str, values))
        numbers[at : at + len(values)] = np.fromiter(found, np.uint32, len(values))
        at += len(values)
    names = list(known.names)
    return Strata(numbers.astype(number_type(len(names))), names)


def permutation(count: int, seed: int) -> Numbers:
    """The numbers below a count in random order, in the smallest type that holds them."""
    numbers = np.arange(count, dtype=number_type(count))
    return np.random.default_rng(seed).permutation(numbers)


def by_label(strata: Numbers, seed: int) -> Numbers:
    """The places of examples, label after label, those of a label in random order."""
    drawn = permutation(len(strata), seed)
    return drawn[np.argsort(strata[drawn], kind="stable")]


def spread(strata: Numbers, seed: int) -> Numbers:
    """The places of examples in an order of which every block has each label in proportion.

    Example r of the n examples of a label, in random order, stands at (r + u) / n of the whole,
    with a random u in [0, 1) for each label: systematic sampling (Madow and Madow 1944). A block
    thus has, to within one, its share of each label. One example of each label stands behind all
    others, that of the commonest label last: so many as there are labels, and no block before them
    takes a label's only example.

    Args:
        strata: (examples,) the number of each one's label.
        seed: sets the order.

    >>> labels = np.array([0] * 12 + [1] * 4 + [2])
    >>> order = spread(labels, seed=0)
    >>> [np.bincount(labels[block]).tolist() for block in np.split(order[:14], [7])]
    [[5, 2], [6, 1]]
    >>> labels[order[-3:]].tolist()
    [2, 1, 0]
    """
    order = by_label(strata, seed)
    counts = np.bincount(strata)
    ends = counts.cumsum()
    starts = np.random.default_rng(seed).random(len(counts))  # u of each label
    ranks = np.arange(len(order)) - np.repeat(ends - counts, counts)
    places = (ranks + np.repeat(starts, counts)) / np.repeat(counts, counts)
    occurring = counts > 0
    places[ends[occurring] - 1] = 1 + counts[occurring] / max(len(order), 1)
    return order[np.argsort(places, kind="stable")]
