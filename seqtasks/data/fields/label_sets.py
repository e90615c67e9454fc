"""Any number of labels for a whole sequence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqtasks.data.fields.field import Field, check_varied
from seqtasks.data.fields.labels import numbers_of
from seqtasks.data.fields.remarks import note_odd, note_rare
from seqtasks.data.record import Record
from seqtasks.data.store.ragged import Ragged
from seqtasks.data.symbols.counting import count_symbols, ranked
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import UsageError


class LabelSetField(Field):
    """Labels of a whole sequence in no order: topics, tags of an article.

    The column holds the labels in one text, or as a JSON list.

    Args:
        column: where the reader finds the field.
        separator: what stands between two labels of a text.
        none: a text that means no label at all; None where every example has a label.

    Raises:
        UsageError: the separator is empty.
    """

    kind = "label set"
    has_classes = True

    def __init__(
        self, column: str | int | None = None, *, separator: str = ",", none: str | None = None
    ) -> None:
        super().__init__(column)
        if not separator:
            raise UsageError("give one character or more, such as ','", option="separator")
        self.separator, self.none = separator, none
        self.may_be_empty = none is not None and not none.strip()

    def labels(self, record: Record) -> list[str]:
        """The record's labels, each once, without white space around them."""
        value = self.value(record)
        if isinstance(value, str):
            value = [] if value.strip() == self.none else value.split(self.separator)
        return [label for label in dict.fromkeys(map(str.strip, value)) if label]

    def classes(self, record: Record) -> list[str]:
        return self.labels(record)

    def fit(self, records: Iterable[Record]) -> None:
        """List the distinct labels, the most frequent first."""
        counts = count_symbols(chain.from_iterable(map(self.labels, records)))
        self.vocabulary = Vocabulary(ranked(counts))
        check_varied(self, len(self.vocabulary), "labels")
        note_rare(self, counts, records)
        note_odd(self, counts)

    def encode(self, records: Sequence[Record]) -> Ragged:
        """Numbers of each record's labels."""
        return numbers_of(self, [self.labels(record) for record in records], records)

    def collate(self, values: Sequence[NDArray[Any]]) -> dict[str, Any]:
        """``<name>`` (batch, labels) int64, 1 where an example has a label; unseen ones last."""
        count = len(self.vocabulary) + len(self.unseen.labels)
        table = torch.zeros(len(values), count, dtype=torch.int64)
        for row, numbers in enumerate(values):
            table[row, torch.tensor(np.asarray(numbers), dtype=torch.int64)] = 1
        return {self.name: table, **self.unseen.entry(self.name)}
