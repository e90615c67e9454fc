"""A field: one named part of an example, and how it becomes numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any, Protocol

from seqtasks.data.columns import Column
from seqtasks.data.record import Record
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import DataError, UsageError


class Encoded(Protocol):
    """All values of one field in one split, as numbers."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> Any: ...


class Field:
    """One named part of an example.

    Args:
        column: where the reader finds it: a name or number, of some fields a list of those; None
            leaves it to the reader.

    Attributes:
        name: the key under ``data`` that declares it; given by the data module.
        vocabulary: its symbols, once fitted.
        along: the field it is made from or goes with; None if it stands alone.
        varies: whether training encodes it anew, at random, for every batch.
        share_vocabulary_with: the field whose vocabulary it has; None for one of its own.
        derived: whether it has no column of its own and is made from ``along``.
    """

    name: str = ""
    several = False  # whether it can be fed by a list of columns
    along: str | None = None
    share_vocabulary_with: str | None = None
    derived = False
    varies = False

    def __init__(self, column: Column = None) -> None:
        if isinstance(column, list) and not (self.several and column):
            raise UsageError(f"column={column}: name one column, or null for the reader's choice")
        self.column = column
        self.vocabulary = Vocabulary([])

    def fit(self, records: Iterable[Record]) -> None:
        """Learn the vocabulary from the training split."""
        raise NotImplementedError

    def encode(self, records: Sequence[Record]) -> Encoded:
        """Numbers for a whole split.

        Raises:
            DataError: a value cannot be used; the message says where it stands.
        """
        raise NotImplementedError

    def vary(self, records: Sequence[Record], random: Random) -> list[Any]:
        """Encoded values of some examples, drawn at random; of a field that ``varies``."""
        raise NotImplementedError

    def collate(self, values: Sequence[Any]) -> dict[str, Any]:
        """The batch entries of some encoded values; see `Batch` for the names."""
        raise NotImplementedError

    def value(self, record: Record) -> Any:
        """The record's raw value of this field."""
        return record.values[self.name]


def check_varied(field: Field, count: int, kind: str) -> None:
    """Refuse a vocabulary in which nothing can be told apart."""
    if count < 2:
        raise DataError(
            f"data.{field.name}: the training data has {count} distinct {kind}, at least 2 are "
            f"needed; look at data.train and at data.{field.name}.column"
        )
