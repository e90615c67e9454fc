"""Batches of similar lengths, for prediction."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from seqtasks.data.batching.batches import Batches, arrange, boundaries, in_small_type
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.store.columns import number_type


def by_length(dataset: SequenceDataset, batch_size: int) -> Iterator[list[int]]:
    """Yield the numbers of all examples in batches of similar lengths."""
    sizes = [in_small_type(lengths) for lengths in dataset.sizes()[:1]]
    order = arrange(np.arange(len(dataset), dtype=number_type(len(dataset))), sizes)
    yield from Batches(order, boundaries(order, batch_size, batch_tokens=None))
