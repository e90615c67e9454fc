"""Batches of similar lengths, for prediction."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from seqtasks.data.batching.batches import Batches, arrange, in_small_type
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.store.columns import number_type


def by_length(dataset: SequenceDataset, batch_size: int) -> Iterator[list[int]]:
    """Yield the numbers of all examples in batches of similar lengths."""
    sizes = [in_small_type(lengths) for lengths in dataset.sizes()[:1]]
    count = len(dataset)
    order = arrange(np.arange(count, dtype=number_type(count)), sizes)
    yield from Batches(order, np.append(np.arange(0, count, batch_size), count))
