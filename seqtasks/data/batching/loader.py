"""Loaders of training batches that take up an epoch where it was left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from torch.utils.data import DataLoader, Sampler

if TYPE_CHECKING:
    from pytorch_lightning import Trainer


class SeededBatch(list[int]):
    """The numbers of a training batch's examples, and where in the training it stands.

    Attributes:
        place: seed, epoch, batch and process, from which follows what is drawn anew for it.
    """

    def __init__(self, numbers: Iterable[int], place: tuple[int, ...]) -> None:
        super().__init__(numbers)
        self.place = place


class ResumableSampler(Sampler[Any]):
    """One epoch's batches in order; they follow from the seed and the epoch alone.

    Attributes:
        epoch: counted from 0; Lightning sets it.
        begin: called before the first batch of an epoch; says how many were served before, which
            a resumed training leaves out, and may still set the epoch.
    """

    epoch = 0

    def __init__(self) -> None:
        self.begin: Callable[[], int] = lambda: 0

    def set_epoch(self, epoch: int) -> None:
        """Lay out the batches of an epoch; Lightning calls this."""
        self.epoch = epoch


class Loader(DataLoader[Any]):
    """Begins when the first batch is asked for: workers that begin earlier serve another epoch.

    Lightning asks for the iterator before it sets the epoch and knows where to resume.
    """

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        yield from super().__iter__()


def batches_done(trainer: Trainer) -> int:
    """How many batches of an unfinished epoch a training has done; 0 between two epochs."""
    epochs: Any = trainer.fit_loop.epoch_progress.current
    return trainer.fit_loop.batch_idx + 1 if epochs.started > epochs.processed else 0


def as_it_is(batch: Any) -> Any:
    """A batch that needs no collating."""
    return batch
