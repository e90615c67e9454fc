"""Loaders of batches, which can resume an epoch in the middle."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from torch.utils.data import DataLoader, Dataset, Sampler

from seqtasks.data.batch import Batch

if TYPE_CHECKING:
    from pytorch_lightning import Trainer


class ResumableSampler(Sampler[Any]):
    """One epoch's batches in order; the order follows from the seed and the epoch alone.

    Attributes:
        epoch: counted from 0; Lightning sets it.
        begin: called before the first batch of an epoch; returns how many batches a resumed
            training has done already, and may still set the epoch.
    """

    epoch = 0

    def __init__(self) -> None:
        self.begin: Callable[[], int] = lambda: 0

    def set_epoch(self, epoch: int) -> None:
        """Lay out the batches of an epoch; Lightning calls this."""
        self.epoch = epoch


class Loader(DataLoader[Any]):
    """A data loader that starts its workers when the first batch is requested.

    Lightning creates the iterator before it sets the epoch, so that workers which start at once
    would serve another epoch.

    Attributes:
        parts: of the batch of one step. The first of them has the others as ``ahead``, for a task
            that has to know how much there is to learn from before it begins.
    """

    parts = 1

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        batches = super().__iter__()
        if self.parts == 1:
            yield from batches
            return
        while step := list(itertools.islice(batches, self.parts)):
            first, *others = step
            yield Batch(first, ahead=others)
            yield from others


def batches_done(trainer: Trainer) -> int:
    """The number of batches that a training has done of an unfinished epoch; 0 between epochs."""
    epochs: Any = trainer.fit_loop.epoch_progress.current
    return trainer.fit_loop.batch_idx + 1 if epochs.started > epochs.processed else 0


def make_loader(
    dataset: Dataset[Any], sampler: Sampler[Any], num_workers: int, parts: int = 1
) -> DataLoader[Any]:
    """A loader of the batches that a sampler names; the data set makes each batch whole."""
    loader = Loader(
        dataset,
        batch_size=None,
        sampler=sampler,
        collate_fn=_unchanged,
        num_workers=num_workers,
        persistent_workers=num_workers > 0,
    )
    loader.parts = parts
    return loader


def _unchanged(batch: Any) -> Any:
    return batch
