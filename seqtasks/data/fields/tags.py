"""Labels: one for each token of a sequence."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.fields.broken_tags import check_known, note_breaks, refuse_breaks
from seqtasks.data.fields.field import Field, check_varied, listed
from seqtasks.data.fields.labels import numbers_of
from seqtasks.data.fields.remarks import note_alike
from seqtasks.data.fields.tag_vocabulary import TagVocabulary
from seqtasks.data.record import Record
from seqtasks.data.store.ragged import Ragged, pad_sequences
from seqtasks.data.store.records import unwatched
from seqtasks.data.symbols.counting import count_symbols, ranked
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import RecordError, UsageError, check_choice
from seqtasks.schemes import Breaks, Conversion, Pair, find_breaks, find_scheme, passed, recognise

Converter = Callable[[list[str]], list[str]]
"""Turns a record's labels into those that are learnt."""

_INVALID = ("repair", "skip", "error")
"""What may become of the training sequences that break the scheme."""


class RecordLabels(Iterable[list[str]]):
    """The labels of each record, read anew at every iteration."""

    def __init__(self, field: TagField, records: Iterable[Record]) -> None:
        self.field, self.records = field, records

    def __iter__(self) -> Iterator[list[str]]:
        return map(self.field.labels, self.records)


class TagField(Field):
    """One label for each token.

    A scheme is recognised though some sequences break it. Those of validation and test are never
    repaired: in another scheme they still hold the spans that are read in them, and break it as
    they broke their own (`seqtasks.schemes.respell`).

    Args:
        column: where the reader finds the field; a raw text is split at white space.
        along: the field of the tokens.
        scheme: the tag scheme that the labels follow, a name in `SCHEMES`; ``auto`` finds that of
            the training data, by which other splits are read unless they keep to another; None
            takes labels as they are.
        target: the scheme that the labels are turned into; None leaves them in their own.
        invalid: what becomes of training sequences that break the scheme: ``repair`` learns the
            spans that ``conlleval`` reads in them, ``skip`` leaves them out, ``error`` refuses
            them, and those of the other splits too.

    Raises:
        UsageError: there is no such scheme or treatment, or there is a target without a scheme.
    """

    along: str
    has_classes = True

    def __init__(
        self,
        column: str | int | None = None,
        *,
        along: str = "tokens",
        scheme: str | None = "auto",
        target: str | None = None,
        invalid: str = "repair",
    ) -> None:
        super().__init__(column)
        self.along = along
        self.invalid = check_choice("invalid", invalid, _INVALID)
        for option, name in (("scheme", scheme), ("target", target)):
            if name not in ("auto", None):
                find_scheme(str(name), option)
        if target is not None and (scheme is None or target == "auto"):
            raise UsageError(
                f"{target} is to be the name of a scheme, and `scheme` the file's own scheme, or "
                "auto",
                option="target",
            )
        self.scheme, self.target = scheme, target
        self.vocabulary = TagVocabulary([])
        self.mends = False  # whether training sequences break the scheme, once the field is fitted

    def usable(self, records: Sequence[Record]) -> NDArray[np.integer] | None:
        if self.invalid != "skip" or not (found := self.breaks(records)) or not found.broken:
            return None
        check_known(self, found, records)
        note_breaks(self, found, records, "training sequences", "left out")
        return np.setdiff1d(np.arange(found.sequences), found.broken)

    def fit(self, records: Iterable[Record]) -> None:
        """List the distinct labels, the most frequent first.

        Raises:
            DataError: labels break the scheme, and are to be refused or too many are foreign to it.
        """
        rows, seen = RecordLabels(self, records), set[Pair]()
        counts = count_symbols(itertools.chain.from_iterable(passed(rows, seen)))
        counted = Vocabulary(ranked(counts))
        note_alike(self, counts)
        found = self.breaks(records, seen=seen)
        source = None if found is None else found.scheme
        self.mends = bool(found and found.broken)
        if found and found.broken:
            check_known(self, found, records)
            if self.invalid == "error":
                refuse_breaks(self, found, records)
            treatment = f"learnt as conlleval reads them, see data.{self.name}.invalid"
            note_breaks(self, found, records, "training sequences", treatment)
        if self.mends or self.target:
            counted = Vocabulary.count(map(self.training_converter(source), rows))
        self.vocabulary = TagVocabulary(counted.symbols, source, source and self.target)
        check_varied(self, len(self.vocabulary), "labels")

    def breaks(
        self, records: Iterable[Record], known: str | None = None, seen: set[Pair] | None = None
    ) -> Breaks | None:
        """The scheme of some records, and those that break it; None where labels spell no spans.

        The other arguments are those of `recognise`.
        """
        if self.scheme is None:
            return None
        rows = RecordLabels(self, unwatched(records))
        if self.scheme == "auto":
            return recognise(rows, known, seen)
        return find_breaks(rows, self.scheme, seen)

    def training_converter(self, source: str | None) -> Converter:
        """The function that turns the labels of a training record into those that are learnt."""
        if source is None or not (self.mends or self.target):
            return unchanged
        return Conversion(source, self.target or source, invalid="repair").convert

    def converter(self, source: str | None, records: Sequence[Record]) -> Converter:
        """The function that turns the labels of other splits into the scheme that is learnt.

        Args:
            source: the scheme of the training data, or None.
            records: a split, which is looked through.

        Raises:
            DataError: labels break the scheme, and are to be refused.
        """
        found = None if source is None else self.breaks(records, known=source)
        if found and found.broken:
            if self.invalid == "error":
                refuse_breaks(self, found, records)
            note_breaks(self, found, records, "sequences", "scored as they are")
        if found is None or self.target is None:
            return unchanged
        return Conversion(found.scheme, self.target, invalid="keep").convert

    def labels(self, record: Record) -> list[str]:
        """The record's labels."""
        return self.tokens(record)

    def classes(self, record: Record) -> list[str]:
        return self.labels(record)

    def encode(self, records: Sequence[Record]) -> Ragged:
        """Numbers of the labels; there must be one for each token."""
        return self.encoder(records)(records)

    def encoder(
        self, records: Sequence[Record], training: bool = False
    ) -> Callable[[Sequence[Record]], Ragged]:
        """`encode`, which looks through all records for their scheme."""
        source = getattr(self.vocabulary, "scheme", None)
        convert = self.training_converter(source) if training else self.converter(source, records)
        return functools.partial(self.encode_by, convert)

    def encode_by(self, convert: Converter, records: Sequence[Record]) -> Ragged:
        """Numbers of the labels that a function turns into the scheme that is learnt."""
        rows = [convert(self.labels(record)) for record in records]
        for record, labels in zip(records, rows, strict=True):
            tokens = record.values.get(self.along)
            count = len(labels) if tokens is None else len(listed(tokens))
            if count != len(labels):
                raise RecordError(
                    f"{count} tokens in '{self.along}' but {len(labels)} "
                    f"labels in '{self.name}'; give each token one label",
                    where=record.place,
                )
        return numbers_of(self, rows, records)

    def collate(self, values: Sequence[NDArray[Any]]) -> dict[str, Any]:
        """``<name>`` (batch, time) int64, 0 at padding."""
        return {self.name: pad_sequences(values), **self.unseen.entry(self.name)}


def unchanged(labels: list[str]) -> list[str]:
    """The labels as they are."""
    return labels
