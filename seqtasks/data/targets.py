"""The targets of a split, in parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from seqtasks.data.dataset import SequenceDataset
from seqtasks.errors import DataError, located

if TYPE_CHECKING:
    from seqtasks.data.module import SequenceData

NUMBERS_AT_ONCE = 2**22


def targets(dataset: SequenceDataset, name: str) -> Iterator[Tensor]:
    """Yield the values of a field as batches hold them, each example once, in their order.

    A field of labels or numbers gives (examples,), one of sets of labels (examples, labels).

    Args:
        dataset: the examples.
        name: a field with one label, one number or one set of labels for each example.
    """
    values, field = dataset.encoded[name], dataset.fields[name]
    size = max(NUMBERS_AT_ONCE // max(len(field.vocabulary), 1), 1)
    for first in range(0, len(values), size):
        last = min(first + size, len(values))
        array = isinstance(values, np.ndarray)
        some = values[first:last] if array else [values[at] for at in range(first, last)]
        yield field.collate(some)[name]


def check_some_known(data: SequenceData, name: str) -> None:
    """Refuse a validation split that cannot choose a checkpoint.

    Args:
        data: with its splits read.
        name: a field; only one with a label for each example is looked at.

    Raises:
        DataError: training shows none of the labels.
    """
    values, field = data.datasets["val"].encoded[name], data.fields[name]
    if not field.unseen.labels or not isinstance(values, np.ndarray):
        return
    if not (values < len(field.vocabulary)).any():
        with located("data"):
            raise DataError(
                f"none of the {len(values):,} validation examples has a label that the training "
                f"examples have in '{name}', so they cannot choose a model; look at both files",
                option="val",
            )
