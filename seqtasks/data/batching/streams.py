"""Batches of windows over continuous text, for language models that carry their state."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from seqtasks.data.batch import Batch
from seqtasks.data.batching.deal import WHOLE, Deal
from seqtasks.data.batching.loader import ResumableSampler, make_loader
from seqtasks.data.batching.windows import Numbers, Pieces, Window, deal_out, divide, side_by_side
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.store.ragged import Ragged
from seqtasks.errors import DataError, UsageError, check_choice, check_least

_DOCUMENTS = ("reset", "join")

_SHORT = 4
"""The most windows of a document that is read beside others of its length."""

_log = logging.getLogger(__name__)


class Streams:
    """Reads text in parallel rows, window by window, with the state carried on.

    Each example of the reader (a file, a line, a record) is a document. In training, documents of
    up to four windows are read side by side with others of their length, in a new order every
    epoch; longer ones are laid end to end and cut into ``batch_size`` streams of equal length. A
    window ends where its document ends, and the row begins the next document with a fresh state.
    Every token but the first of a document is predicted once an epoch.

    In evaluation each document is read from its beginning to its end, so that a score depends on
    neither the batch size nor the window. Where there are fewer documents than rows, the windows
    are longer, so that a step reads as many tokens as in training.

    Several processes share the rows out among them; one that has read all of its own goes on with
    empty windows. Where gradients are accumulated over k batches, there are k · ``batch_size``
    rows, of which each of the k batches reads every k-th, and goes on with their states.

    Args:
        batch_size: rows read in parallel, by all processes together; fewer where the text does not
            fill a window of each.
        window: steps between two updates; the state is carried on, the gradient stops there.
        documents: ``reset`` as above; ``join`` reads the training texts in their order as one
            running text, with the state carried across their ends.
        vary_window: in training, vary the windows of long documents in the proportions of Merity,
            Keskar and Socher (2018, "Regularizing and optimizing LSTM language models", section
            4.1): ``window`` steps, with a chance of 5 % half as many, plus normal noise of 5 steps.
            The number of windows and their mean do not change. A window's ``share`` is its length
            in relation to the mean; the task multiplies the learning rate by it.

    Raises:
        UsageError: a size is not positive, or there is no such treatment of documents.
    """

    def __init__(
        self,
        batch_size: int = 32,
        window: int = 128,
        *,
        documents: str = "reset",
        vary_window: bool = False,
    ) -> None:
        self.batch_size = check_least("batch_size", batch_size, 1)
        self.window = check_least("window", window, 1)
        self.documents = check_choice("documents", documents, _DOCUMENTS)
        self.vary_window = vary_window

    def loader(
        self,
        dataset: SequenceDataset,
        *,
        training: bool,
        seed: int = 0,
        deal: Deal = WHOLE,
        num_workers: int = 0,
    ) -> DataLoader[Any]:
        """Windows of a split, in order; each process reads its own rows in equally many steps.

        A window of ``deal.parts`` parts has so many times as many rows.

        Raises:
            UsageError: a field is encoded anew for every batch.
            DataError: no text has a token to predict.
        """
        varied = [name for name, field in dataset.fields.items() if field.varies]
        if training and varied:
            raise UsageError(
                "it encodes each batch anew, and streams are cut from one running text; set it to "
                "0, or batch by buckets",
                option=f"{varied[0]}.bpe_dropout",
            )
        name, texts = next((n, e) for n, e in dataset.encoded.items() if isinstance(e, Ragged))
        starts, counts = texts.offsets[:-1] + 1, texts.lengths - 1
        if not (counts > 0).any():
            raise DataError(
                f"{dataset.records[0].place}: no token to predict: each text has a single token "
                f"at most; give more text, or set `{name}.bos`=true"
            )
        if training and self.documents == "join":
            starts, counts = np.array([1]), np.array([len(texts.values) - 1])
        starts, counts = starts[counts > 0], counts[counts > 0]
        rows = self.batch_size * deal.parts
        plan = StreamPlan(deal, seed)
        if training:
            plan.lay_out(starts, counts, rows, self.window, self.vary_window)
        else:
            few = min(rows, len(counts))
            usual, own = (-(-all_rows // deal.processes) for all_rows in (rows, few))
            plan.long = deal_out(starts, counts, few, self.window * usual // own)
        if training and deal.rank == 0 and plan.rows < rows:
            _log.warning(
                "The training text is short: it fills %d of the %d rows of a batch (window=%d)",
                plan.rows,
                rows,
                self.window,
            )
        windows = Windows(texts, dataset.text_lengths, plan)
        return make_loader(windows, plan, num_workers, deal.parts)


class StreamPlan(ResumableSampler):
    """The windows of an epoch, one after another.

    Args:
        deal: the share of this process, and the parts of a window.
        seed: sets the order of short documents and the varied windows.
    """

    def __init__(self, deal: Deal = WHOLE, seed: int = 0) -> None:
        super().__init__()
        self.deal, self.seed = deal, seed
        self.window, self.vary = 1, False
        self.long: Pieces | None = None
        self.starts = self.counts = np.zeros(0, dtype=np.int64)  # of the short documents
        self.sizes: list[int] = []  # how many short documents are read side by side

    def lay_out(self, starts: Numbers, counts: Numbers, rows: int, window: int, vary: bool) -> None:
        """Tell short documents from long ones and divide the long ones among the rows.

        Args:
            starts: (documents,), the places where the targets of each begin.
            counts: (documents,), the numbers of targets, at least 1.
            rows: the largest number of rows, of all processes and parts together.
            window: the largest number of targets in a window that is not varied.
            vary: whether to vary the windows.
        """
        self.window, self.vary = window, vary
        limit = max(window, min(_SHORT * window, int(counts.sum()) // rows))
        long = counts > limit
        if long.any():
            total = int(counts[long].sum())
            self.long = divide(starts[long], counts[long], min(rows, -(-total // window)), window)
        # Sorted, so that every epoch has the same lengths in the same groups.
        order = np.argsort(counts[~long], kind="stable")
        self.starts, self.counts = starts[~long][order], counts[~long][order]
        groups = -(-len(order) // rows)
        self.sizes = [len(part) for part in np.array_split(order, groups)] if groups else []

    @property
    def rows(self) -> int:
        """The number of rows of the widest window, over all processes and parts."""
        return max([*self.sizes, 0 if self.long is None else int(self.long.rows[-1]) + 1])

    def __len__(self) -> int:
        longest = self.counts[np.cumsum(self.sizes, dtype=np.int64) - 1]  # of each group
        short = int((-(-longest // self.window)).sum())
        steps = short + (0 if self.long is None else self.long.steps)
        return steps * self.deal.parts

    def __iter__(self) -> Iterator[Window]:
        done = self.begin()
        random = np.random.default_rng([self.seed, self.epoch])
        for pieces in self.groups(random):
            shares = self.shares(pieces.steps, random)
            yield from itertools.islice(
                pieces.cut(shares, self.deal, done // self.deal.parts), done % self.deal.parts, None
            )
            done = max(done - pieces.steps * self.deal.parts, 0)

    def groups(self, random: np.random.Generator) -> Iterator[Pieces]:
        """The groups of documents in the epoch's order; each begins with a fresh state."""
        order = random.permutation(len(self.counts))
        order = order[np.argsort(self.counts[order], kind="stable")]
        parts = np.split(order, np.cumsum(self.sizes)[:-1]) if self.sizes else []
        for number in random.permutation(len(parts) + (self.long is not None)).tolist():
            if number < len(parts):
                part = parts[number]
                yield side_by_side(self.starts[part], self.counts[part], self.window)
            elif self.long is not None:
                yield self.long

    def shares(self, steps: int, random: np.random.Generator) -> NDArray[np.float64] | None:
        """(steps,) the lengths of successive windows in relation to their mean; None if equal."""
        if not self.vary:
            return None
        usual = np.where(random.random(steps) < 0.95, self.window, self.window / 2)
        drawn = np.maximum(random.normal(usual, 5), min(5, self.window))
        return drawn / drawn.mean()


class Windows(Dataset[Batch]):
    """Windows of tokens; neighbours overlap by the token that is both target and input.

    Args:
        texts: the documents.
        characters: the number of characters of each document.
        plan: lays out the windows, which can also be named by their number.
    """

    def __init__(self, texts: Ragged, characters: NDArray[np.integer], plan: StreamPlan) -> None:
        self.texts, self.plan = texts, plan
        self.rates = characters / np.maximum(texts.lengths - 1, 1)
        self.before = np.concatenate([[0], np.cumsum(characters, dtype=np.int64)])

    def __len__(self) -> int:
        return len(self.plan)

    def __getitem__(self, window: Window | int) -> Batch:
        """The batch of a window.

        Returns:
            tokens (rows, time + 1); lengths (rows,), with the extra token counted; text_length
            (rows,), the characters of the targets; first (rows,) bool, whether the row begins with
            a fresh state; row (rows,), the number of each among all ``rows``; part, to which they
            belong; predicted, the number of targets; and share, the window's length in relation to
            the others.
        """
        if isinstance(window, int):
            window = next(itertools.islice(iter(self.plan), window, None))
        lengths = np.where(window.counts > 0, window.counts + 1, 0)
        tokens = np.zeros((len(lengths), window.width + 1), dtype=np.int64)
        for row, start, length in zip(tokens, window.starts - 1, lengths, strict=True):
            row[:length] = self.texts.values[start : start + length]
        ends = np.maximum(window.starts + window.counts - 1, 0)
        spanned = self.characters(ends) - self.characters(np.maximum(window.starts - 1, 0))
        return Batch(
            tokens=torch.from_numpy(tokens),
            lengths=torch.from_numpy(lengths),
            text_length=torch.from_numpy(np.where(window.counts > 0, spanned, 0)),
            first=torch.from_numpy(window.first),
            row=torch.from_numpy(window.numbers),
            rows=window.rows,
            part=window.part,
            predicted=int(window.counts.sum()),
            share=window.share,
        )

    def characters(self, places: Numbers) -> Numbers:
        """The number of characters up to and with each token of the flat text, by its place."""
        text = np.searchsorted(self.texts.offsets, places, side="right") - 1
        within = np.rint((places - self.texts.offsets[text]) * self.rates[text])
        return self.before[text] + within.astype(np.int64)
