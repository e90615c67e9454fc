"""How many sequences a batch has."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqtasks.data.dataset import SequenceDataset


def usual_rows(batching: Any, dataset: SequenceDataset) -> int:
    """The sequences of a full batch, at least 1, of what turns a split into batches.

    A limit of tokens counts for as many sequences of average length. ``batching`` is `Buckets`,
    `Streams` or your own; one without limits of these names counts as 1.
    """
    limits = []
    if (rows := getattr(batching, "batch_size", None)) is not None:
        limits.append(rows)
    if (tokens := getattr(batching, "batch_tokens", None)) is not None:
        longest = np.maximum.reduce([*dataset.sizes(), np.ones(len(dataset), dtype=np.int64)])
        limits.append(int(tokens / longest.mean()) if len(longest) else 1)
    return max(1, min(limits, default=1))
