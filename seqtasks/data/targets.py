"""The targets of a split, some at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from seqtasks.data.dataset import SequenceDataset

NUMBERS_AT_ONCE = 2**22


def targets(dataset: SequenceDataset, name: str) -> Iterator[Tensor]:
    """Yield the values of a field as batches hold them, each example once, in their order.

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
