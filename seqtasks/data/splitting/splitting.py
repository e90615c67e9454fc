"""From the user's files to the splits, drawn one after the other."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seqtasks.data.fields import Field, TokenField
from seqtasks.data.fields.classes import rows_of
from seqtasks.data.splitting.held_back import hold_back
from seqtasks.data.splitting.random_parts import hold_out, sample_records, split_records, units
from seqtasks.data.splitting.strata import Numbers, Strata, strata_of
from seqtasks.data.splitting.text_parts import split_texts
from seqtasks.data.store.record_file import RecordFile
from seqtasks.data.store.records import Records
from seqtasks.errors import few

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Splitting:
    """Draws what has no file; where examples have a label, every part gets its share of each.

    Attributes:
        fractions: split → the share of the training examples to take where it has no file.
        seed: the same seed draws the same examples.
        folds: parts of the training examples, of which one is the test; None for none.
        fold: that part, from 0.
        split_by: a field; examples that agree in it stay in one part.
        limit: the number of examples to train on; None for all.
    """

    fractions: Mapping[str, float]
    seed: int
    folds: int | None = None
    fold: int = 0
    split_by: str | None = None
    limit: int | None = None

    def __call__(
        self, files: Mapping[str, RecordFile], fields: Collection[Field], continuous: bool = False
    ) -> dict[str, Records]:
        """The records of each split.

        Args:
            files: split → its records; ``train`` is among them.
            fields: of the examples. The first that stratifies gives the labels in proportion to
                which the parts are drawn; a label of any field that training would lack brings
                back an example that has it. The field ``split_by`` is left out of both: its
                values are to be apart.
            continuous: the file is running text, of which parts are consecutive.

        Raises:
            DataError: a part would be empty.
            UsageError: there are fewer examples than the limit.
        """
        splits = {split: Records(file) for split, file in files.items()}
        missing = [s for s in ("val", "test") if s not in splits and self.fractions[s] > 0]
        if self.folds is None and self.limit is None and not missing:
            return splits
        train = files["train"]
        if continuous:
            splits |= self.texts(train, fields, missing)
            strata = None
        else:
            labelled = [f for f in fields if f.has_classes and f.name != self.split_by]
            strata = strata_by(train, labelled)
            splits |= self.examples(train, strata, missing)
            for field in labelled:
                splits |= hold_back(splits, field, self.split_by)
        if self.limit is not None:
            labels = labels_of(splits["train"], strata)
            splits["train"] = sample_records(splits["train"], self.limit, self.seed, labels)
        return splits

    def texts(
        self, file: RecordFile, fields: Collection[Field], missing: Sequence[str]
    ) -> dict[str, Records]:
        """The training part of running texts and those that are missing."""
        if not missing:
            return {}
        levels = {field.level for field in fields if isinstance(field, TokenField)}
        fractions = [self.fractions[split] for split in missing]
        parts = split_texts(file, fractions, whole_words=levels != {"character"})
        return dict(zip(["train", *missing], parts, strict=True))

    def examples(
        self, file: RecordFile, strata: Strata | None, missing: Sequence[str]
    ) -> dict[str, Records]:
        """The training part of separate examples, the fold, and the parts that are missing."""
        train, found = Records(file), dict[str, Records]()
        if self.folds is not None:
            labels = labels_of(train, strata)
            note_undivided(train, strata, self.split_by)
            train, found["test"] = hold_out(
                train, self.folds, self.fold, self.seed, self.split_by, labels
            )
        missing = [split for split in missing if split not in found]
        if missing:
            fractions, labels = [self.fractions[s] for s in missing], labels_of(train, strata)
            train, *parts = split_records(train, fractions, self.seed, self.split_by, labels)
            found.update(zip(missing, parts, strict=True))
        return {"train": train, **found}


def strata_by(file: RecordFile, fields: Collection[Field]) -> Strata | None:
    """The labels of the first field that has one for each example; None without such a field."""
    field = next((field for field in fields if field.stratifies), None)
    return None if field is None else strata_of(file, field)


def labels_of(records: Records, strata: Strata | None) -> Numbers | None:
    """(records,) the label of each by number."""
    return None if strata is None else strata.numbers[rows_of(records)]


def note_undivided(records: Records, strata: Strata | None, split_by: str | None) -> None:
    """Log which labels no fold tests."""
    labels = None if strata is None else units(records, split_by, strata.numbers)[1]
    if strata is None or labels is None:
        return
    numbers, counts = np.unique(labels, return_counts=True)
    alone = numbers[counts == 1].tolist()
    if alone:
        _log.warning(
            "%s a single example, which stays in training in every fold: %s",
            "1 label has" if len(alone) == 1 else f"{len(alone):,} labels have",
            few([strata.names[number] for number in alone]),
        )
