"""Batches of separate sequences of similar length."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from torch.utils.data import DataLoader

from seqtasks.data.batch import DealtBatch
from seqtasks.data.batching.batches import (
    Batches,
    Integers,
    arrange,
    boundaries,
    changes,
    in_small_type,
)
from seqtasks.data.batching.deal import WHOLE, Deal
from seqtasks.data.batching.loader import ResumableSampler, make_loader
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.store.columns import number_type
from seqtasks.errors import UsageError, nearest


class Buckets:
    """Sorts examples by length, ties at random, cuts them into batches and shuffles the batches.

    Args:
        batch_size: the largest number of sequences in a batch, of all processes together; None for
            no such limit.
        batch_tokens: the largest number of padded tokens in a batch, likewise, counted on the
            longest field; None for no such limit. A single sequence above the limit is a batch of
            its own.
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
        deal: Deal = WHOLE,
        num_workers: int = 0,
    ) -> DataLoader[Any]:
        """Batches of a split; training batches come in a new order every epoch.

        A batch of ``deal.parts`` parts is cut with limits so many times as large.
        """
        sizes = [in_small_type(lengths) for lengths in dataset.sizes()]
        classes = self.classes(dataset) if training else None
        most, tokens = (
            None if limit is None else limit * deal.parts
            for limit in (self.batch_size, self.batch_tokens)
        )
        sampler = BucketSampler(
            len(dataset),
            sizes,
            functools.partial(boundaries, batch_size=most, batch_tokens=tokens),
            training=training,
            seed=seed,
            deal=deal,
            classes=classes,
        )
        return make_loader(dataset, sampler, num_workers, deal.parts)

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
    """One epoch's batches, laid out anew in every epoch of training, and dealt out.

    Args:
        count: the number of examples.
        sizes: each (examples,), the lengths of one field; none makes all examples alike.
        cut: from the lengths of the examples in an order to the boundaries of the batches.
        training: whether the order is another one in every epoch.
        seed: sets the order.
        deal: the share of this process, and the parts of a batch.
        classes: (examples,) the labels by which an epoch is balanced, or None.

    Attributes:
        batches: of the epoch, each a list of the numbers of its examples; whole, as they are
            however they are dealt out.
    """

    def __init__(
        self,
        count: int,
        sizes: Sequence[Integers],
        cut: Callable[[Integers], Integers],
        *,
        training: bool,
        seed: int,
        deal: Deal = WHOLE,
        classes: Integers | None = None,
    ) -> None:
        super().__init__()
        self.count, self.sizes, self.classes = count, sizes, classes
        self.longest = functools.reduce(np.maximum, sizes) if sizes else np.ones(count, np.uint8)
        self.cut, self.training, self.seed = cut, training, seed
        self.deal = deal
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
        bounds = self.cut(self.longest[order])
        chosen = random.permutation(len(bounds) - 1) if self.training else None
        self.batches = Batches(order, bounds, chosen)

    def __iter__(self) -> Iterator[list[int]]:
        for number in range(self.begin(), len(self)):
            step, part = divmod(number, self.deal.parts)
            batch, place = self.batches[step], (self.seed, self.epoch, step)
            mine = self.deal.examples(batch, part)
            yield DealtBatch(mine or batch[:1], place if self.training else None, bool(mine))

    def __len__(self) -> int:
        return len(self.batches) * self.deal.parts


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
