"""Labels: one for a whole sequence."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqtasks.data.decimals import plain
from seqtasks.data.fields.field import Field, check_varied
from seqtasks.data.fields.remarks import note_odd, note_rare
from seqtasks.data.fields.unseen import room
from seqtasks.data.fields.values import values_of
from seqtasks.data.record import Record
from seqtasks.data.store.columns import number_type
from seqtasks.data.store.ragged import Ragged
from seqtasks.data.symbols.counting import count_symbols, ranked
from seqtasks.data.symbols.numbers import look_up
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import LISTED, DataError, UsageError, enumerated, located, nearest

_log = logging.getLogger(__name__)

_MANY = 20
"""More labels than this, if all of them are numbers, suggest a regression."""


class LabelField(Field):
    """One label for the whole sequence.

    Args:
        column: where the reader finds the field.
        order: all labels from the lowest to the highest, where they have an order; None lists
            those of the training data, the most frequent first.

    Raises:
        UsageError: the order names fewer than 2 labels, or one twice.
    """

    has_classes = stratifies = True

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
        """List the distinct labels, the most frequent first, or in the order that is given.

        Raises:
            DataError: there are fewer than 2, or some are not in the order.
        """
        counts = count_symbols(values_of(self.label, records))
        if self.order is not None:
            self.check_order(counts, records)
        self.vocabulary = Vocabulary(ranked(counts))
        check_varied(self, len(self.vocabulary), "labels")
        note_rare(self, counts, records)
        note_odd(self, counts)
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

    def check_order(self, counts: Mapping[str, int], records: Iterable[Record]) -> None:
        """Refuse labels of the training data that are not in the order, by a DataError."""
        known = list(self.order or [])
        stray = {label: count for label, count in counts.items() if label not in known}
        if not stray:
            return
        found = (record for record in records if self.label(record) in stray)
        order = f"`{self.name}.order`=[{', '.join(known)}]"
        problems = [
            f"{record.place}: the label '{label}' in '{self.name}' is not in {order};"
            f"{nearest(label, known)} Correct the line, or add it to the order"
            for record in itertools.islice(found, LISTED)
            for label in [self.label(record)]
        ]
        raise DataError(enumerated(problems, sum(stray.values()), "labels are not in the order"))

    def label(self, record: Record) -> str:
        """The record's label, without white space around it; that of a list of one.

        Raises:
            DataError: there are several.
        """
        value = self.value(record)
        if not isinstance(value, str):
            if len(value) != 1:
                raise DataError(
                    f"{len(value)} labels in '{self.name}' where one is expected; to learn "
                    f"several: task/head=multi_label field@data.{self.name}=labels",
                    where=record.place,
                )
            [value] = value
        return value.strip()

    def classes(self, record: Record) -> list[str]:
        return [self.label(record)]

    def encode(self, records: Sequence[Record]) -> NDArray[Any]:
        """(number of records,) of the smallest type that holds all labels."""
        return numbers_of(self, [(self.label(record),) for record in records], records).values

    def collate(self, values: Sequence[int]) -> dict[str, Any]:
        """``<name>`` (batch,) int64."""
        numbers = torch.tensor(np.asarray(values), dtype=torch.int64)
        return {self.name: numbers, **self.unseen.entry(self.name)}


def is_number(label: str) -> bool:
    """Whether a label reads as a number.

    >>> is_number("-3.5"), is_number("B-3")
    (True, False)
    """
    try:
        plain(label)
    except ValueError:
        return False
    return True


def numbers_of(field: Field, rows: Sequence[Sequence[str]], records: Sequence[Record]) -> Ragged:
    """The numbers of each record's labels; those that training never shows have higher ones.

    Raises:
        DataError: there are too many of the latter.
    """
    known = field.vocabulary.index
    kind = number_type(len(known) + room(len(known)))
    try:
        return look_up(rows, known, None, kind)
    except KeyError:
        for labels, record in zip(rows, records, strict=True):
            for label in labels:
                if label not in known:
                    field.unseen.meet(label, record.place)
        with located(field.name):
            return look_up(rows, {**known, **field.unseen.index(known)}, None, kind)
