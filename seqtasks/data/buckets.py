"""Batches of separate sequences of similar length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import DataLoader

from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.loader import Loader, Plan, as_it_is
from seqtasks.errors import UsageError


class Buckets:
    """Sorts by length with ties in random order, cuts into batches, shuffles the batches.

    Args:
        batch_size: sequences in a batch at most; None for no such limit.
        batch_tokens: padded tokens of a batch at most, counted on its longest field; None for no
            such limit. A single sequence longer than that makes a batch of its own.

    Raises:
        UsageError: neither limit is given, or one is not positive.
    """

    def __init__(self, batch_size: int | None = 32, batch_tokens: int | None = None) -> None:
        limits = [limit for limit in (batch_size, batch_tokens) if limit is not None]
        if not limits or min(limits) < 1:
            raise UsageError(
                "data.batching: give batch_size or batch_tokens, at least 1, "
                f"not {batch_size} and {batch_tokens}"
            )
        self.batch_size, self.batch_tokens = batch_size, batch_tokens

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
        """Batches of a split; those of training come in a new order every epoch."""
        sizes = np.array(dataset.sizes() or [[1] * len(dataset)])
        sampler = BucketSampler(self.cut, sizes, training, seed, rank, world_size)
        return Loader(
            dataset,
            batch_size=None,
            sampler=sampler,
            collate_fn=as_it_is,
            num_workers=num_workers,
            persistent_workers=num_workers > 0,
        )

    def cut(self, order: NDArray[np.int64], sizes: NDArray[np.int64]) -> list[list[int]]:
        """Consecutive runs of ``order`` that keep both limits.

        Args:
            order: example numbers, sorted by length.
            sizes: (examples,), the length of each example's longest field.
        """
        batches: list[list[int]] = []
        batch: list[int] = []
        longest = 0
        for index in order.tolist():
            size = int(sizes[index])
            count = len(batch) + 1
            full = self.batch_size is not None and count > self.batch_size
            heavy = self.batch_tokens is not None and count * max(longest, size) > self.batch_tokens
            if batch and (full or heavy):
                batches.append(batch)
                batch, longest = [], 0
            batch.append(index)
            longest = max(longest, size)
        return [*batches, batch] if batch else batches


class BucketSampler(Plan):
    """One epoch's batches; the order follows from the seed and the epoch alone."""

    def __init__(
        self,
        cut: Any,
        sizes: NDArray[np.int64],
        training: bool,
        seed: int,
        rank: int,
        world_size: int,
    ) -> None:
        super().__init__()
        self.cut, self.sizes, self.training, self.seed = cut, sizes, training, seed
        self.rank, self.world_size = rank, world_size
        self.epoch = -1
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Lay out the batches of an epoch; Lightning calls this."""
        if epoch == self.epoch or (self.epoch >= 0 and not self.training):
            return
        self.epoch = epoch
        random = np.random.default_rng([self.seed, epoch])
        count = self.sizes.shape[1]
        order = random.permutation(count) if self.training else np.arange(count)
        order = order[np.lexsort(self.sizes[::-1, order])]
        longest = self.sizes.max(axis=0)
        if not self.training:
            self.batches = self.cut(order[self.rank :: self.world_size], longest)
        else:  # every process takes as many steps as the others
            batches = self.cut(order, longest)
            batches = [batches[number] for number in random.permutation(len(batches))]
            whole = len(batches) // self.world_size * self.world_size
            self.batches = batches[self.rank : whole : self.world_size]
        if count and not self.batches:
            raise UsageError(
                f"there is not one batch for each of the {self.world_size} processes; give more "
                "data, a smaller data.batching.batch_size, or fewer trainer.devices"
            )

    def __iter__(self) -> Iterator[list[int]]:
        done = self.begin()
        yield from self.batches[done:]

    def __len__(self) -> int:
        return len(self.batches)
