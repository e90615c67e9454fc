"""The data module: from the user's files to batches."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, Protocol

import pytorch_lightning as pl
from torch.utils.data import DataLoader

from seqtasks.data.batching.deal import WHOLE, Deal
from seqtasks.data.batching.loader import ResumableSampler, batches_done
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import Field
from seqtasks.data.fields.unseen import unseen_labels
from seqtasks.data.length_filter import LengthFilter
from seqtasks.data.preparation.collection import seldom_collected
from seqtasks.data.preparation.faults import POLICIES
from seqtasks.data.preparation.source_records import Stored, Wanted, stored_records
from seqtasks.data.preparation.split_examples import Encoding, stored_examples
from seqtasks.data.record import Reader
from seqtasks.data.splitting.splitting import Splitting
from seqtasks.data.store.cache import AUTO, Cache, cache_folder
from seqtasks.data.store.record_file import RecordFile
from seqtasks.data.store.records import Records
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import (
    DataError,
    UsageError,
    check_between,
    check_choice,
    check_least,
    located,
    nearest,
)

MOST_WORKERS = 1024
"""Processes that a machine can hold beside the main one."""


class Batching(Protocol):
    """Turns an encoded split into batches, as `Buckets` and `Streams` do."""

    def loader(
        self,
        dataset: SequenceDataset,
        *,
        training: bool,
        seed: int = 0,
        deal: Deal = WHOLE,
        num_workers: int = 0,
    ) -> DataLoader[Any]:
        """The share of one process in the batches of a split."""
        ...


class SequenceData(pl.LightningDataModule):
    """Reads the data, splits it, encodes it once and batches it.

    Args:
        reader: turns files into records.
        batching: turns encoded records into batches.
        train: the reader's source of training examples: a path, a list of paths, or a glob.
        val: likewise for validation; None takes ``val_fraction`` of the training examples.
        test: likewise for the test; None takes ``test_fraction`` of the training examples, and
            with ``test_fraction=0`` the validation examples serve as test too.
        val_fraction: share of the training examples to validate on. Where examples have a label,
            each part gets its share of each label (`Splitting`).
        test_fraction: share of the training examples to test on.
        split_seed: chooses those examples, independently of the seed of training.
        folds: parts of the training examples for cross-validation, drawn by ``split_seed``; one is
            the test, and validation is taken from the others. None for no cross-validation.
        fold: the part that is the test, from 0; every example is in one of the parts.
        split_by: a field; examples that agree in it, such as the pronunciations of one word, are
            split off together. None draws each example alone.
        limit: the number of examples to train on, drawn by ``split_seed``, of each label one at
            least where it allows; None for all.
        filter: leaves training examples out for their length; None keeps all.
        missing: what becomes of records without a value, or of lines that cannot be read as one:
            ``skip`` leaves them out and says how many and where, ``error`` refuses them.
        seed: sets the order of the batches.
        num_workers: processes that prepare batches; 0 for none beside the main one.
        cache: the folder that keeps what was read and encoded, for every run that reads the same:
            ``auto`` for that of the environment variable ``SEQTASKS_CACHE``, else the user's cache
            folder; None for a temporary folder of this run alone.
        cache_gigabytes: the most that the cache may take; what was unused the longest goes first.
        fields: name → field, each a part of an example.

    Raises:
        UsageError: ``train`` is missing, a fraction, the limit or the fold is out of range, or
            folds meet a test file or running text.
        DataError: a file cannot be used; the message says where and why.
    """

    def __init__(
        self,
        reader: Reader,
        batching: Batching,
        train: Any,
        val: Any = None,
        test: Any = None,
        *,
        val_fraction: float = 0.1,
        test_fraction: float = 0.1,
        split_seed: int = 0,
        folds: int | None = None,
        fold: int = 0,
        split_by: str | None = None,
        limit: int | None = None,
        filter: LengthFilter | None = None,
        missing: str = "skip",
        seed: int = 0,
        num_workers: int = 0,
        cache: str | None = AUTO,
        cache_gigabytes: float = 50.0,
        **fields: Field,
    ) -> None:
        super().__init__()
        if train is None:
            raise UsageError("it is not set; name your training file", option="train")
        if val_fraction <= 0 or test_fraction < 0 or val_fraction + test_fraction >= 1:
            raise UsageError(
                "it is above 0, `test_fraction` at least 0, and both together below 1, "
                f"not {val_fraction} and {test_fraction}",
                option="val_fraction",
            )
        if limit is not None and limit < 1:
            raise UsageError(
                f"it is at least 1, or null for all examples, not {limit}", option="limit"
            )
        if folds is not None:
            check_folds(folds, fold, test, continuous=getattr(reader, "continuous", False))
        self.reader, self.batching = reader, batching
        self.folds, self.fold = folds, fold
        self.limit, self.filter = limit, filter
        self.missing = check_choice("missing", missing, POLICIES)
        self.split_by = split_by
        self.sources = {"train": train, "val": val, "test": test}
        self.fractions = {"val": val_fraction, "test": test_fraction}
        self.split_seed = check_least("split_seed", split_seed)
        self.seed = check_least("seed", seed)
        self.num_workers = check_between("num_workers", num_workers, 0, MOST_WORKERS)
        self.fields = {name: field for name, field in fields.items() if field is not None}
        for name, field in self.fields.items():
            field.name = name
        own = [name for name, field in self.fields.items() if not field.derived]
        apart = [] if getattr(reader, "continuous", False) else own
        if split_by is not None and split_by not in apart:
            raise UsageError(
                f"{split_by}: name one of the fields {', '.join(own)} where examples stand apart, "
                f"or set it to null.{nearest(split_by, own)}",
                option="split_by",
            )
        self.cache = Cache(cache_folder(cache), cache_gigabytes)
        self.fitted = False
        self.used = "test"
        self.datasets: dict[str, SequenceDataset] = {}
        self.known: dict[str, Vocabulary] = {}  # of the model that training starts from

    @property
    def vocabularies(self) -> dict[str, Vocabulary]:
        """Field name → its vocabulary, after `setup`."""
        return {name: field.vocabulary for name, field in self.fields.items()}

    @property
    def unseen(self) -> dict[str, list[str]]:
        """By field, the labels of any split that training never shows, after `setup`."""
        return unseen_labels(self.fields)

    @property
    def test_split(self) -> str:
        """The split that tests run on: ``val`` where no test examples are set apart."""
        return "test" if "test" in self.datasets else "val"

    def prepare_data(self) -> None:
        """Read and encode what the cache lacks; Lightning calls it in one process of each node."""
        self.setup()

    def setup(self, stage: str | None = None) -> None:
        """Read and encode every split, once; the vocabularies come from training alone."""
        if not self.datasets:
            with located("data"), seldom_collected():
                self.datasets = self.encoded(self.stored())

    def use(self, vocabularies: Mapping[str, Vocabulary], split: str = "test") -> SequenceDataset:
        """Encode one split, and no other, by given vocabularies instead of fitting them.

        Args:
            vocabularies: field → its vocabulary.
            split: ``train``, ``val`` or ``test``.

        Returns:
            The split; in place of ``test`` it is ``val`` where no test examples are set apart.
        """
        for name, field in self.fields.items():
            field.vocabulary = vocabularies[name]
        if split != "train" and self.sources[split] is not None and self.folds is None:
            self.sources = {split: self.sources[split]}  # the others are not needed
            self.fractions = {"val": 0.0, "test": 0.0}
        self.limit, self.fitted, self.used = None, True, split
        self.setup()
        [found] = self.datasets.values()
        return found

    def stored(self) -> dict[str, Stored]:
        """The records of every source, read if they are not in the cache."""
        given = {name: field for name, field in self.fields.items() if not field.derived}
        columns = {name: field.column for name, field in given.items()}
        required = [name for name, field in given.items() if not field.may_be_empty]
        wanted = Wanted(columns, required, self.missing)
        found = {}
        for split, source in self.sources.items():
            if source is None:
                continue
            try:
                found[split] = stored_records(self.cache, self.reader, source, wanted)
            except DataError as error:
                if error.option != "source":
                    raise
                raise DataError(error.message, option=split) from None
        return found

    def read(self) -> dict[str, Records]:
        """The records of each split; missing splits are taken from the training examples."""
        return self.split({name: one.file for name, one in self.stored().items()})

    def split(self, files: Mapping[str, RecordFile]) -> dict[str, Records]:
        """Take validation and test parts off the training examples where they have no files."""
        fields, continuous = self.fields.values(), getattr(self.reader, "continuous", False)
        return self.splitting(files, fields, continuous)

    @property
    def splitting(self) -> Splitting:
        """What draws the splits that have no file."""
        folding = self.folds, self.fold
        return Splitting(self.fractions, self.split_seed, *folding, self.split_by, self.limit)

    def alone(self, files: Mapping[str, RecordFile]) -> dict[str, Records]:
        """The split that is used, alone; for ``test`` that which tests run on."""
        splits = self.split(files)
        name = self.used if self.used in splits else "val"
        return {name: splits[name]}

    def encoded(self, stored: Mapping[str, Stored]) -> dict[str, SequenceDataset]:
        """The encoded examples of each split, prepared if they are not in the cache.

        With vocabularies that are given, not fitted, it is the split that is used alone.
        """
        files = {split: one.file for split, one in stored.items()}
        keys = {split: one.key for split, one in stored.items()}
        used = [self.used] if self.fitted else []
        drawing = dataclasses.asdict(self.splitting)
        origin = None if None in keys.values() else [keys, drawing, *used]
        encoding = Encoding(self.fields, self.fitted, self.known, self.filter, self.missing)
        split = functools.partial(self.alone if self.fitted else self.split, files)
        return stored_examples(self.cache, encoding, origin, files, split)

    def loader(self, split: str, training: bool = False) -> DataLoader[Any]:
        """Batches of one split."""
        with located("data"):
            loader = self.batching.loader(
                self.datasets[split],
                training=training,
                seed=self.seed,
                deal=self.deal(training),
                num_workers=self.num_workers,
            )
        if training and isinstance(loader.sampler, ResumableSampler):
            loader.sampler.begin = functools.partial(self.begin, loader.sampler)
        return loader

    def deal(self, training: bool) -> Deal:
        """How batches are dealt out to this process.

        Raises:
            UsageError: gradients are accumulated over more batches in some epochs than in others.
        """
        trainer = self.trainer
        if trainer is None:
            return WHOLE
        callbacks: list[Any] = getattr(trainer, "callbacks", [])
        if any(isinstance(c, pl.callbacks.GradientAccumulationScheduler) for c in callbacks):
            raise UsageError(
                "the batches of an epoch are laid out for one number of batches a step; leave "
                "GradientAccumulationScheduler out and set trainer.accumulate_grad_batches",
                option="callbacks",
            )
        parts = trainer.accumulate_grad_batches if training else 1
        return Deal(trainer.global_rank, trainer.world_size, parts)

    def begin(self, plan: ResumableSampler) -> int:
        """The number of batches that a resumed training has already done in its epoch."""
        trainer = self.trainer
        if trainer is None or not trainer.training:
            return 0
        # Lightning's epoch is one too large where trainer.max_steps ends a resumed training.
        plan.set_epoch(trainer.current_epoch)
        return batches_done(trainer) if trainer.fit_loop.restarting else 0

    def state_dict(self) -> dict[str, Any]:
        """The progress and plan of the epoch, with which a resumed training has to agree."""
        trainer = self.trainer
        if trainer is None or trainer.train_dataloader is None:
            return {}
        plan = self.plan(len(trainer.train_dataloader))
        return {"done": batches_done(trainer), "plan": plan}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Check that a resumed epoch has the plan of the checkpoint.

        Raises:
            UsageError: the number of batches, or of those in a step, or the seed has changed.
        """
        if not state_dict["done"]:
            return
        there, here = state_dict["plan"], self.plan(len(self.train_dataloader()))
        changed = [
            f"{name} {there[name]} there and {here[name]} here"
            for name in there
            if there[name] != here[name]
        ]
        if changed:
            raise UsageError(
                f"the checkpoint was written after batch {state_dict['done']} of an epoch that is "
                f"laid out in another way: {', '.join(changed)}; resume with the options and data "
                "of the run that wrote it",
                option="ckpt_path",
            )

    def plan(self, batches: int) -> dict[str, int]:
        """The number of an epoch's batches, and what their order follows from."""
        together = self.deal(training=True).parts
        return {"batches": batches, "accumulated": together, "seed": self.seed}

    def train_dataloader(self) -> DataLoader[Any]:
        return self.loader("train", training=True)

    def val_dataloader(self) -> DataLoader[Any]:
        return self.loader("val")

    def test_dataloader(self) -> DataLoader[Any]:
        return self.loader(self.test_split)


def check_folds(folds: int, fold: int, test: Any, continuous: bool) -> None:
    """Refuse folds that the data cannot be cut into.

    Raises:
        UsageError: they are out of range, a test file is named, or the data is running text.
    """
    if folds < 2 or not 0 <= fold < folds:
        raise UsageError(
            f"it is at least 2, or null, and `fold` from 0 to folds - 1, not {folds} and {fold}",
            option="folds",
        )
    if test is not None:
        raise UsageError(
            "each part of the training data is the test in turn, and a test is named too; set "
            "`test` or `folds` to null",
            option="folds",
        )
    if continuous:
        raise UsageError(
            "folds are parts of separate examples, and this reader gives running text; set it to "
            "null, and train with several seeds to see the spread",
            option="folds",
        )
