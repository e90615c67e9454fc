"""Batches of separate sequences of similar length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import DataLoader

from seqtasks.data.batch import SeededBatch
from seqtasks.data.batching.loader import ResumableSampler, make_loader
from seqtasks.data.dataset import SequenceDataset
from seqtasks.errors import UsageError, nearest


class Buckets:
    """Sorts examples by length, ties at random, cuts them into batches and shuffles the batches.

    Args:
        batch_size: the largest number of sequences in a batch; None for no such limit.
        batch_tokens: the largest number of padded tokens in a batch, counted on the longest field;
            None for no such limit. A single sequence above the limit is a batch of its own.
        balance: a field of labels, each of which then occurs equally often in an epoch of training,
            to within one: examples of rare labels are repeated, others left out, and their number
            stays the same. Not with ``batch_tokens``, so that all epochs have as many batches.

    Raises:
        UsageError: neither limit is given, one is not positive, or ``balance`` goes with
            ``batch_tokens``.
    """

    def __init__(
        self,
        batch_size: int | None = 32,
        batch_tokens: int | None = None,
        balance: str | None = None,
    ) -> None:
        limits = [limit for limit in (batch_size, batch_tokens) if limit is not None]
        if not limits or min(limits) < 1:
            raise UsageError(
                f"give this or `batch_tokens`, at least 1, not {batch_size} and {batch_tokens}",
                option="batch_size",
            )
        if balance is not None and batch_tokens is not None:
            raise UsageError(
                f"{balance} goes with batches of so many sequences: set `batch_size`, and "
                "`batch_tokens`=null",
                option="balance",
            )
        self.batch_size, self.batch_tokens, self.balance = batch_size, batch_tokens, balance

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
        """Batches of a split; training batches come in a new order every epoch."""
        sizes = np.array(dataset.sizes() or [np.ones(len(dataset), np.int64)])
        classes = self.classes(dataset) if training else None
        sampler = BucketSampler(self.cut, sizes, training, seed, rank, world_size, classes)
        return make_loader(dataset, sampler, num_workers)

    def classes(self, dataset: SequenceDataset) -> NDArray[np.integer] | None:
        """(examples,) the labels by which an epoch is balanced, or None.

        Raises:
            UsageError: there is no such field, or it does not have one label for each example.
        """
        if self.balance is None:
            return None
        found = {
            name: values
            for name, values in dataset.encoded.items()
            if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "iu"
        }
        if self.balance not in found:
            raise UsageError(
                f"no field {self.balance} has one label for each example;"
                f"{nearest(self.balance, found)} Fields that have: {', '.join(found) or 'none'}",
                option="batching.balance",
            )
        return found[self.balance]

    def cut(self, order: NDArray[np.int64], sizes: NDArray[np.int64]) -> list[list[int]]:
        """Cut an order of examples into consecutive batches within both limits.

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


class BucketSampler(ResumableSampler):
    """One epoch's batches, laid out anew in every epoch of training."""

    def __init__(
        self,
        cut: Any,
        sizes: NDArray[np.int64],
        training: bool,
        seed: int,
        rank: int,
        world_size: int,
        classes: NDArray[np.integer] | None = None,
    ) -> None:
        super().__init__()
        self.classes = classes
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
        if self.classes is not None:
            order = draw_balanced(self.classes, random)
        order = order[np.lexsort(self.sizes[::-1, order])]
        longest = self.sizes.max(axis=0)
        if not self.training:
            self.batches = self.cut(order[self.rank :: self.world_size], longest)
        else:  # all processes take equally many steps
            batches = self.cut(order, longest)
            batches = [batches[number] for number in random.permutation(len(batches))]
            whole = len(batches) // self.world_size * self.world_size
            self.batches = batches[self.rank : whole : self.world_size]
        if count and not self.batches:
            raise UsageError(
                f"there is not one batch for each of the {self.world_size} processes; give more "
                "data, a smaller `batching.batch_size`, or fewer devices",
                option="batching.batch_size",
            )

    def __iter__(self) -> Iterator[list[int]]:
        done = self.begin()
        for number, batch in enumerate(self.batches[done:], done):
            place = (self.seed, self.epoch, number, self.rank)
            yield SeededBatch(batch, place) if self.training else batch

    def __len__(self) -> int:
        return len(self.batches)


def draw_balanced(classes: NDArray[np.integer], random: np.random.Generator) -> NDArray[np.int64]:
    """Draw as many examples as there are, each class equally often, to within one.

    An example is repeated only after all others of its class were drawn.

    >>> classes = np.array([0, 0, 0, 0, 1, 1], np.int32)
    >>> sorted(classes[draw_balanced(classes, np.random.default_rng(0))].tolist())
    [0, 0, 0, 1, 1, 1]
    """
    names = np.unique(classes)
    quotas = np.full(len(names), len(classes) // max(len(names), 1))
    quotas[random.permutation(len(names))[: len(classes) - quotas.sum()]] += 1
    drawn = [np.zeros(0, np.int64)]
    for name, quota in zip(names, quotas, strict=True):
        members = np.flatnonzero(classes == name)
        rounds = -(-quota // len(members))
        drawn.append(np.concatenate([random.permutation(members) for _ in range(rounds)])[:quota])
    return random.permutation(np.concatenate(drawn))
