"""Labels: one for a whole sequence, or one for each of its tokens."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqtasks.data.fields.field import Field, check_varied, listed
from seqtasks.data.record import Record
from seqtasks.data.store.ragged import Ragged, pad_sequences
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import DataError, UsageError, nearest
from seqtasks.schemes import convert, detect, find_scheme

_log = logging.getLogger(__name__)

_MANY = 20
"""More labels than this, if all of them are numbers, suggest a regression."""


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
        self.vocabulary = Vocabulary.count(self.in_scheme(list(records)))
        check_varied(self, len(self.vocabulary), "labels")

    def in_scheme(self, records: Sequence[Record]) -> list[list[str]]:
        """The labels of every record in the scheme that is learnt.

        Raises:
            DataError: the scheme does not allow the labels in their order.
        """
        rows = [self.labels(record) for record in records]
        source = self.scheme
        if source == "auto":
            try:
                source = detect(rows)
            except DataError as error:
                raise DataError(f"{records[0].path}: {error}") from None
        if source is None:
            return rows
        return [self.converted(r, row, source) for r, row in zip(records, rows, strict=True)]

    def converted(self, record: Record, labels: list[str], source: str) -> list[str]:
        """A record's labels in the scheme that is learnt."""
        try:
            return convert(labels, source, self.target or source)
        except DataError as error:
            raise DataError(f"{error} with `{self.name}.scheme`", where=record.place) from None

    def labels(self, record: Record) -> list[str]:
        """The record's labels."""
        return self.tokens(record)

    def encode(self, records: Sequence[Record]) -> Ragged:
        """Numbers of the labels; there must be one for each token."""
        sequences = []
        for record, labels in zip(records, self.in_scheme(records), strict=True):
            tokens = record.values.get(self.along)
            count = len(labels) if tokens is None else len(listed(tokens))
            if count != len(labels):
                raise DataError(
                    f"{count} tokens in '{self.along}' but {len(labels)} "
                    f"labels in '{self.name}'; there must be one label for each token",
                    where=record.place,
                )
            sequences.append([number_of(self, label, record) for label in labels])
        return Ragged.pack(sequences)

    def collate(self, values: Sequence[NDArray[np.int32]]) -> dict[str, Any]:
        """``<name>`` (batch, time) int64, 0 at padding."""
        return {self.name: pad_sequences(values)}


class LabelField(Field):
    """One label for the whole sequence.

    Args:
        column: where the reader finds the field.
        order: all labels from the lowest to the highest, where they have an order; None lists
            those of the training data, the most frequent first.

    Raises:
        UsageError: the order names fewer than 2 labels, or one twice.
    """

    def __init__(
        self, column: str | int | None = None, *, order: Sequence[str | int] | None = None
    ) -> None:
        super().__init__(column)
        self.order = None if order is None else [str(label) for label in order]
        if self.order is not None and not 2 <= len(self.order) == len(set(self.order)):
            raise UsageError(
                "name two labels or more, each once, from the lowest to the highest, as in "
                f"[low,middle,high], not {self.order}",
                option="order",
            )

    @property
    def kind(self) -> str:
        """``label`` or ``ordered label``."""
        return "label" if self.order is None else "ordered label"

    def fit(self, records: Iterable[Record]) -> None:
        """List the distinct labels, the most frequent first, or in the order that is given."""
        labels = [self.label(record) for record in records]
        self.vocabulary = Vocabulary.count([label] for label in labels)
        check_varied(self, len(self.vocabulary), "labels")
        note_rare(self, labels)
        if self.order is not None:
            self.vocabulary = Vocabulary(self.order)
        elif len(self.vocabulary) > _MANY and all(map(is_number, self.vocabulary.symbols)):
            _log.warning(
                "The field '%s' has %d labels that are all numbers, and each is learnt as its own "
                "class; to predict a number: task/head=regression field@data.%s=number",
                self.name,
                len(self.vocabulary),
                self.name,
            )

    def label(self, record: Record) -> str:
        """The record's label, without white space around it."""
        return str(self.value(record)).strip()

    def encode(self, records: Sequence[Record]) -> NDArray[np.int32]:
        """(number of records,) int32."""
        return np.array([number_of(self, self.label(r), r) for r in records], dtype=np.int32)

    def collate(self, values: Sequence[int]) -> dict[str, Any]:
        """``<name>`` (batch,) int64."""
        return {self.name: torch.tensor(np.asarray(values), dtype=torch.int64)}


def is_number(label: str) -> bool:
    """Whether a label reads as a number.

    >>> is_number("-3.5"), is_number("B-3")
    (True, False)
    """
    try:
        float(label)
    except ValueError:
        return False
    return True


def note_rare(field: Field, labels: Iterable[str]) -> None:
    """Log which labels have a single example."""
    rare = sorted(label for label, count in Counter(labels).items() if count == 1)
    if rare:
        _log.warning(
            "The field '%s' has %s with one training example: %s%s; add examples, or merge labels",
            field.name,
            "1 label" if len(rare) == 1 else f"{len(rare)} labels",
            ", ".join(rare[:10]),
            ", …" if len(rare) > 10 else "",
        )


def number_of(field: Field, label: str, record: Record) -> int:
    """A label's number.

    Raises:
        DataError: the label never occurs in the training data, or is not in the order given.
    """
    try:
        return field.vocabulary.index[label]
    except KeyError:
        known = field.vocabulary.symbols
        shown = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
        if getattr(field, "order", None) is not None:
            raise DataError(
                f"the label '{label}' in '{field.name}' is not in "
                f"`{field.name}.order`=[{shown}];{nearest(label, known)} Correct the line, or "
                "add it to the order",
                where=record.place,
            ) from None
        raise DataError(
            f"the label '{label}' in '{field.name}' never occurs in the training "
            f"data;{nearest(label, known)} Known labels: {shown}. Correct the line, or add an "
            "example of it to the training data",
            where=record.place,
        ) from None
