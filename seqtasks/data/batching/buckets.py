"""Batches of separate sequences of similar length."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from torch.utils.data import DataLoader

from seqtasks.data.batch import SeededBatch
from seqtasks.data.batching.batches import (
    Batches,
    Integers,
    arrange,
    boundaries,
    changes,
    in_small_type,
)
from seqtasks.data.batching.loader import ResumableSampler, make_loader
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.store.columns import number_type
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
        sizes = [in_small_type(lengths) for lengths in dataset.sizes()]
        classes = self.classes(dataset) if training else None
        sampler = BucketSampler(
            len(dataset),
            sizes,
            functools.partial(
                boundaries, batch_size=self.batch_size, batch_tokens=self.batch_tokens
            ),
            training=training,
            seed=seed,
            rank=rank,
            world_size=world_size,
            classes=classes,
        )
        return make_loader(dataset, sampler, num_workers)

    def classes(self, dataset: SequenceDataset) -> Integers | None:
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


class BucketSampler(ResumableSampler):
    """One epoch's batches, laid out anew in every epoch of training.

    Args:
        count: the number of examples.
        sizes: each (examples,), the lengths of one field; none makes all examples alike.
        cut: from the lengths of the examples in an order to the boundaries of the batches.
        training: whether the order is another one in every epoch.
        seed: sets the order.
        rank: of the process.
        world_size: the number of processes.
        classes: (examples,) the labels by which an epoch is balanced, or None.

    Attributes:
        batches: of the epoch and the process, each a list of the numbers of examples.
    """

    def __init__(
        self,
        count: int,
        sizes: Sequence[Integers],
        cut: Callable[[Integers], Integers],
        *,
        training: bool,
        seed: int,
        rank: int,
        world_size: int,
        classes: Integers | None = None,
    ) -> None:
        super().__init__()
        self.count, self.sizes, self.classes = count, sizes, classes
        self.longest = functools.reduce(np.maximum, sizes) if sizes else np.ones(count, np.uint8)
        self.cut, self.training, self.seed = cut, training, seed
        self.rank, self.world_size = rank, world_size
        self.epoch = -1
        self.batches: Sequence[list[int]] = []
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Lay out the batches of an epoch; Lightning calls this."""
        if epoch == self.epoch or (self.epoch >= 0 and not self.training):
            return
        self.epoch, self.batches = epoch, []  # the last epoch's order takes no memory any more
        random = np.random.default_rng([self.seed, epoch])
        order: Integers = np.arange(self.count, dtype=number_type(self.count))
        if self.training:
            order = random.permutation(order)  # the numbers that `permutation(count)` draws
        if self.classes is not None:
            order = draw_balanced(self.classes, random)
        order = arrange(order, self.sizes)
        if not self.training:
            order = order[self.rank :: self.world_size]
            self.batches = Batches(order, self.cut(self.longest[order]))
        else:  # all processes take equally many steps
            bounds = self.cut(self.longest[order])
            numbers = random.permutation(len(bounds) - 1)
            whole = len(numbers) // self.world_size * self.world_size
            self.batches = Batches(order, bounds, numbers[self.rank : whole : self.world_size])
        if self.count and not self.batches:
            raise UsageError(
                f"there is not one batch for each of the {self.world_size} processes; give more "
                "data, a smaller `batching.batch_size`, or fewer devices",
                option="batching.batch_size",
            )

    def __iter__(self) -> Iterator[list[int]]:
        for number in range(self.begin(), len(self)):
            batch, place = self.batches[number], (self.seed, self.epoch, number, self.rank)
            yield SeededBatch(batch, place) if self.training else batch

    def __len__(self) -> int:
        return len(self.batches)


def draw_balanced(classes: Integers, random: np.random.Generator) -> Integers:
    """Draw as many examples as there are, each class equally often, to within one.

    An example is repeated only after all others of its class were drawn.

    >>> classes = np.array([0, 0, 0, 0, 1, 1], np.int32)
    >>> sorted(classes[draw_balanced(classes, np.random.default_rng(0))].tolist())
    [0, 0, 0, 1, 1, 1]
    """
    count = len(classes)
    numbers: Integers = np.arange(count, dtype=number_type(count))
    by_class = arrange(numbers, [in_small_type(classes)])
    begins = changes(classes[by_class])
    quotas = np.full(len(begins), count // max(len(begins), 1))
    quotas[random.permutation(len(begins))[: count - quotas.sum()]] += 1
    drawn = []
    for members, quota in zip(np.split(by_class, begins)[1:], quotas, strict=True):
        rounds = -(-quota // len(members))
        drawn.append(np.concatenate([random.permutation(members) for _ in range(rounds)])[:quota])
    return random.permutation(np.concatenate(drawn) if drawn else numbers)
