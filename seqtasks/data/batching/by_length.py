"""Batches of similar lengths, for prediction."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from seqtasks.data.dataset import SequenceDataset


def by_length(dataset: SequenceDataset, batch_size: int) -> Iterator[list[int]]:
    """Yield the numbers of all examples in batches of similar lengths."""
    [sizes, *_] = dataset.sizes() or [np.ones(len(dataset), np.int64)]
    order = sorted(range(len(dataset)), key=lambda index: sizes[index])
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]
