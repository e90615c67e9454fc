"""Batches of windows over continuous text, for language models that carry their state."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import ConcatDataset, DataLoader, Dataset

from seqtasks.data.batch import Batch
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.ragged import Ragged
from seqtasks.errors import DataError, UsageError


class Streams:
    """Cuts the text into ``batch_size`` parallel streams and reads them window by window.

    In training all texts are joined and cut into streams of equal length. In evaluation each text
    is one stream, so that a score depends on neither the batch size nor the window; as many as
    ``batch_size`` are read together.

    Args:
        batch_size: streams read in parallel.
        window: steps between two updates; the state goes on, the gradient stops there.

    Raises:
        UsageError: a size is not positive.
    """

    def __init__(self, batch_size: int = 32, window: int = 128) -> None:
        if batch_size < 1 or window < 1:
            raise UsageError(
                "data.batching: batch_size and window are at least 1, "
                f"not {batch_size} and {window}"
            )
        self.batch_size, self.window = batch_size, window

    def loader(
        self,
        dataset: SequenceDataset,
        *,
        training: bool,
        seed: int = 0,
        rank: int = 0,
        world_size: int = 1,
        num_workers: int = 0,
    ) -> DataLoader[Any]:
        """Windows of a split, in order; each process reads its own streams of training."""
        texts = next(encoded for encoded in dataset.encoded.values() if isinstance(encoded, Ragged))
        characters = np.array(dataset.text_lengths)
        if training:
            rows = self.rows(texts.values, rank, world_size, self.window)
            tokens = max(len(texts.values) - 1, 1)
            parts = [Windows(rows, characters.sum() / tokens, self.window)]
        else:
            order = np.argsort(-texts.lengths, kind="stable")
            rates = characters / np.maximum(texts.lengths - 1, 1)
            groups = [order[n : n + self.batch_size] for n in range(0, len(order), self.batch_size)]
            parts = [
                Windows([texts[index] for index in group], rates[group], self.window)
                for group in groups
            ]
        return DataLoader(ConcatDataset(parts), batch_size=None, num_workers=num_workers)

    def rows(
        self, values: NDArray[np.int32], rank: int, world_size: int, window: int
    ) -> list[NDArray[np.int32]]:
        """Streams of equal length; each begins with the token before its first target.

        Raises:
            DataError: the text is shorter than one step of every stream.
        """
        streams = self.batch_size * world_size
        steps = (len(values) - 1) // streams
        if steps < 1:
            raise DataError(
                f"the training text has {len(values) - 1:,} tokens, fewer than the {streams} "
                f"streams of data.batching.batch_size; give more text or a smaller batch_size"
            )
        first = rank * self.batch_size
        starts = [number * steps for number in range(first, first + self.batch_size)]
        return [values[start : start + steps + 1] for start in starts]


class Windows(Dataset[Batch]):
    """Windows over parallel streams; neighbours overlap by the token that is both target and input.

    Args:
        rows: streams of tokens, the longest first.
        rates: characters that one target stands for, (streams,) or one for all.
        window: targets of a window at most.
    """

    def __init__(self, rows: list[NDArray[np.int32]], rates: Any, window: int) -> None:
        self.rows, self.window = rows, window
        self.lengths = np.array([len(row) for row in rows])
        self.rates = np.broadcast_to(np.asarray(rates, dtype=np.float64), self.lengths.shape)

    def __len__(self) -> int:
        return max(1, -(-(int(self.lengths.max()) - 1) // self.window))

    def __getitem__(self, index: int) -> Batch:
        """Window ``index`` of every stream.

        Returns:
            tokens (batch, time + 1), lengths (batch,) with the extra token counted, text_length
            (batch,) the characters of the targets, and first: whether the streams begin here.
        """
        if not 0 <= index < len(self):
            raise IndexError(index)
        start = index * self.window
        lengths = np.clip(self.lengths - start, 0, self.window + 1)
        tokens = np.zeros((len(self.rows), int(lengths.max())), dtype=np.int64)
        for row, stream, length in zip(tokens, self.rows, lengths, strict=True):
            row[:length] = stream[start : start + length]
        before = np.minimum(start, self.lengths - 1)
        after = before + np.maximum(lengths - 1, 0)
        spanned = np.rint(after * self.rates) - np.rint(before * self.rates)
        return Batch(
            tokens=torch.from_numpy(tokens),
            lengths=torch.from_numpy(lengths),
            text_length=torch.from_numpy(spanned.astype(np.int64)),
            first=index == 0,
        )
