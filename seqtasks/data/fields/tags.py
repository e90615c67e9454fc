"""Labels: one for each token of a sequence."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from numpy.typing import NDArray

from seqtasks.data.fields.field import Field, check_varied, listed
from seqtasks.data.fields.labels import numbers_of
from seqtasks.data.record import Record
from seqtasks.data.store.columns import Encoded
from seqtasks.data.store.ragged import Ragged, pad_sequences
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import DataError, RecordError, UsageError
from seqtasks.schemes import Conversion, detect, find_scheme

Converter = Callable[[Record, list[str]], list[str]]
"""Turns a record's labels into another scheme."""


class RecordLabels(Iterable[list[str]]):
    """The labels of each record, read anew at every iteration."""

    def __init__(self, field: TagField, records: Iterable[Record]) -> None:
        self.field, self.records = field, records

    def __iter__(self) -> Iterator[list[str]]:
        return map(self.field.labels, self.records)


class TagField(Field):
    """One label for each token.

    Args:
        column: where the reader finds the field; a raw text is split at white space.
        along: the field of the tokens.
        scheme: the tag scheme that the labels follow, a name in `SCHEMES`; ``auto`` finds it in
            each split; None takes labels as they are.
        target: the scheme that the labels are turned into; None leaves them in their own.

    Raises:
        UsageError: there is no such scheme, or there is a target without a scheme.
    """

    along: str

    def __init__(
        self,
        column: str | int | None = None,
        *,
        along: str = "tokens",
        scheme: str | None = None,
        target: str | None = None,
    ) -> None:
        super().__init__(column)
        self.along = along
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

    def fit(self, records: Iterable[Record]) -> None:
        """List the distinct labels, the most frequent first."""
        convert = self.converter(records)
        self.vocabulary = Vocabulary.count(convert(r, self.labels(r)) for r in records)
        check_varied(self, len(self.vocabulary), "labels")

    def converter(self, records: Iterable[Record]) -> Converter:
        """The function that turns a record's labels into the scheme that is learnt.

        Args:
            records: a split, of which ``scheme=auto`` looks through all labels.

        Raises:
            DataError: the labels follow no scheme; the function raises it where the scheme does
                not allow a record's labels in their order.
        """
        source = self.scheme
        if source == "auto":
            try:
                source = detect(RecordLabels(self, records))
            except DataError as error:
                raise DataError(f"{next(iter(records)).path}: {error}") from None
        if source is None:
            return lambda record, labels: labels
        conversion = Conversion(source, self.target or source)

        def convert(record: Record, labels: list[str]) -> list[str]:
            try:
                return conversion.convert(labels)
            except DataError as error:
                raise DataError(f"{error} with `{self.name}.scheme`", where=record.place) from None

        return convert

    def labels(self, record: Record) -> list[str]:
        """The record's labels."""
        return self.tokens(record)

    def encode(self, records: Sequence[Record]) -> Ragged:
        """Numbers of the labels; there must be one for each token."""
        return self.encode_by(self.converter(records), records)

    def encoder(self, records: Iterable[Record]) -> Callable[[Sequence[Record]], Encoded]:
        """`encode`, which with ``scheme=auto`` takes the scheme of all the records."""
        if self.scheme != "auto":
            return self.encode
        return functools.partial(self.encode_by, self.converter(records))

    def encode_by(self, convert: Converter, records: Sequence[Record]) -> Ragged:
        """Numbers of the labels that a function turns into the scheme that is learnt."""
        rows = [convert(record, self.labels(record)) for record in records]
        for record, labels in zip(records, rows, strict=True):
            tokens = record.values.get(self.along)
            count = len(labels) if tokens is None else len(listed(tokens))
            if count != len(labels):
                raise RecordError(
                    f"{count} tokens in '{self.along}' but {len(labels)} "
                    f"labels in '{self.name}'; there must be one label for each token",
                    where=record.place,
                )
        return numbers_of(self, rows, records)

    def collate(self, values: Sequence[NDArray[Any]]) -> dict[str, Any]:
        """``<name>`` (batch, time) int64, 0 at padding."""
        return {self.name: pad_sequences(values), **self.unseen.entry(self.name)}
