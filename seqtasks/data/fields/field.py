"""Fields: the named parts of an example, and their encoding as numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.fields.columns import Column
from seqtasks.data.fields.unseen import UnseenLabels
from seqtasks.data.record import Record
from seqtasks.data.store.columns import Encoded, Flat
from seqtasks.data.symbols.words import words_of
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import DataError, UsageError


class Field:
    """One named part of an example.

    Args:
        column: where the reader finds the field: a name or number, for some fields a list of them;
            None leaves it to the reader.

    Attributes:
        name: the field's name in the data, given by the data module.
        vocabulary: the field's symbols, once it is fitted.
        along: the field that this one is made from or goes with; None if it stands alone.
        varies: whether training encodes the field anew, at random, for every batch.
        keep_text: whether batches also hold what the field's ``written`` makes of each record.
        share_vocabulary_with: the field whose vocabulary this field takes; None for one of its own.
        derived: whether the field has no column of its own and is made from ``along``.
        may_be_empty: whether an example may have an empty value of the field.
        has_classes: whether `classes` names the labels of an example.
        stratifies: whether an example has one label, of which each split gets its share.
        specials: the special symbols that every vocabulary of the field has.
        required: the other symbols that every vocabulary of the field has.
        unseen: the labels of other splits that training never shows.
    """

    name: str = ""
    several = False  # whether it can be fed by a list of columns
    along: str | None = None
    share_vocabulary_with: str | None = None
    derived = False
    varies = False
    keep_text = False
    may_be_empty = False
    has_classes = False
    stratifies = False
    specials: tuple[str, ...] = ()
    required: tuple[str, ...] = ()

    def __init__(self, column: Column = None) -> None:
        if isinstance(column, list) and not (self.several and column):
            raise UsageError(
                f"name one column, or null for the reader's choice, not {column}", option="column"
            )
        self.column = column
        self.vocabulary = Vocabulary([])
        self.unseen = UnseenLabels()

    @property
    def files(self) -> list[str]:
        """The files beside the data, such as word vectors, that the encoding follows from."""
        return []

    def fit(self, records: Iterable[Record]) -> None:
        """Learn the vocabulary from the training split, which may be larger than memory.

        What a field learns is all in its vocabulary, by which it is remembered and saved: a
        `Vocabulary`, or a class of that kind with ``to_json`` and ``from_json`` that ``__init__``
        gives it, as `Channels`.

        Args:
            records: the training examples, read anew each time that they are iterated over.
        """
        raise NotImplementedError

    def encode(self, records: Sequence[Record]) -> Encoded:
        """Numbers for some of a split's records.

        Returns:
            An array with a row for each record, a `Ragged`, or something with ``columns()``; the
            type of the numbers follows from the vocabulary, not from these records.

        Raises:
            DataError: a value cannot be used; the message says where it stands.
        """
        raise NotImplementedError

    def usable(self, records: Sequence[Record]) -> NDArray[np.integer] | None:
        """Before any field is fitted, the places of the training records to keep; None for all.

        A field that leaves some out logs how many, and why.
        """
        return None

    def encoder(
        self, records: Sequence[Record], training: bool = False
    ) -> Callable[[Sequence[Record]], Encoded]:
        """The function that encodes some records of a split, given all of them to look through.

        Args:
            records: of the split.
            training: whether it is the training split, to which the field is fitted.
        """
        return self.encode

    def view(self, columns: Mapping[str, Flat]) -> Encoded:
        """The values of all examples from the columns into which `encode` takes them apart."""
        return columns[""]

    def vary(self, records: Sequence[Record], random: Random) -> list[Any]:
        """Encoded values of some examples, drawn at random; of a field that ``varies``."""
        raise NotImplementedError

    def written(self, record: Record) -> list[str]:
        """The record's text, or all right ones, as a model would write them; of ``keep_text``."""
        raise NotImplementedError

    def collate(self, values: Sequence[Any]) -> dict[str, Any]:
        """The batch entries of some encoded values; see `Batch` for the names."""
        raise NotImplementedError

    def classes(self, record: Record) -> list[str]:
        """The labels of an example, each of which training should show; see `has_classes`.

        They follow from the field's own value alone. A list of values has the labels of all its
        members.
        """
        return []

    def value(self, record: Record) -> Any:
        """The record's raw value of this field, or of ``along`` for a derived field.

        Raises:
            UsageError: the data has no field ``along``.
        """
        name = self.along if self.derived and self.along is not None else self.name
        try:
            return record.values[name]
        except KeyError:
            if not self.derived:
                raise
            raise UsageError(
                f"the data has no field '{name}'; its fields are {', '.join(record.values)}",
                option=f"{self.name}.along",
            ) from None

    def tokens(self, record: Record) -> list[str]:
        """The record's value as a list; a raw text is split at white space."""
        return listed(self.value(record))


def listed(value: str | list[str]) -> list[str]:
    """The tokens of a value; a raw text is split at white space."""
    return words_of(value) if isinstance(value, str) else value


def check_varied(field: Field, count: int, kind: str) -> None:
    """Refuse a vocabulary of fewer than two symbols.

    Raises:
        DataError: it has fewer.
    """
    if count < 2:
        raise DataError(
            f"the training data has {count} distinct {kind}, at least 2 are needed; look at the "
            f"training files and at `{field.name}.column`",
            option=field.name,
        )
