"""Labels: one for a whole sequence, or one for each of its tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqtasks.data.fields.field import Field, check_varied
from seqtasks.data.ragged import Ragged, pad
from seqtasks.data.record import Record
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import DataError, UsageError, nearest
from seqtasks.schemes import convert, detect, find_scheme


class TagField(Field):
    """One label for each token.

    Args:
        column: where the reader finds it; a raw text is split at white space.
        along: the field of tokens that it labels.
        scheme: the tag scheme that the labels follow, a name in `SCHEMES`; ``auto`` finds it in
            each split; None takes labels as they are.
        target: the scheme that they are turned into; None leaves them in theirs.

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
        for name in {scheme, target} - {"auto", None}:
            find_scheme(str(name))
        if target is not None and (scheme is None or target == "auto"):
            raise UsageError(
                f"data.tags.target={target} is the name of a scheme, and needs data.tags.scheme: "
                "that of the file, or auto"
            )
        self.scheme, self.target = scheme, target

    def fit(self, records: Iterable[Record]) -> None:
        """List the distinct labels, the most frequent first."""
        self.vocabulary = Vocabulary.count(self.spelled(list(records)))
        check_varied(self, len(self.vocabulary), "labels")

    def spelled(self, records: Sequence[Record]) -> list[list[str]]:
        """The labels of every record in the scheme that is learnt.

        Raises:
            DataError: labels stand where their scheme does not allow them.
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
        return [self.turned(r, row, source) for r, row in zip(records, rows, strict=True)]

    def turned(self, record: Record, labels: list[str], source: str) -> list[str]:
        """A record's labels in the scheme that is learnt."""
        try:
            return convert(labels, source, self.target or source)
        except DataError as error:
            raise DataError(f"{record.place}: {error} with data.{self.name}.scheme") from None

    def labels(self, record: Record) -> list[str]:
        """The record's labels."""
        value = self.value(record)
        return value.split() if isinstance(value, str) else value

    def encode(self, records: Sequence[Record]) -> Ragged:
        """Numbers of the labels; there must be one for each token."""
        sequences = []
        for record, labels in zip(records, self.spelled(records), strict=True):
            tokens = record.values.get(self.along)
            if isinstance(tokens, str):
                tokens = tokens.split()
            if tokens is not None and len(tokens) != len(labels):
                raise DataError(
                    f"{record.place}: {len(tokens)} tokens in '{self.along}' but {len(labels)} "
                    f"labels in '{self.name}'; there must be one label for each token"
                )
            sequences.append([number_of(self, label, record) for label in labels])
        return Ragged.pack(sequences)

    def collate(self, values: Sequence[NDArray[np.int32]]) -> dict[str, Any]:
        """``<name>`` (batch, time) int64, 0 at padding."""
        return {self.name: pad(values)}


class LabelField(Field):
    """One label for the whole sequence."""

    def fit(self, records: Iterable[Record]) -> None:
        """List the distinct labels, the most frequent first."""
        self.vocabulary = Vocabulary.count([self.label(record)] for record in records)
        check_varied(self, len(self.vocabulary), "labels")

    def label(self, record: Record) -> str:
        """The record's label, without white space around it."""
        return str(self.value(record)).strip()

    def encode(self, records: Sequence[Record]) -> NDArray[np.int32]:
        """(number of records,) int32."""
        return np.array([number_of(self, self.label(r), r) for r in records], dtype=np.int32)

    def collate(self, values: Sequence[int]) -> dict[str, Any]:
        """``<name>`` (batch,) int64."""
        return {self.name: torch.tensor(np.asarray(values), dtype=torch.int64)}


def number_of(field: Field, label: str, record: Record) -> int:
    """A label's number.

    Raises:
        DataError: the label never occurs in the training data.
    """
    try:
        return field.vocabulary.index[label]
    except KeyError:
        known = field.vocabulary.symbols
        shown = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
        raise DataError(
            f"{record.place}: the label '{label}' in '{field.name}' never occurs in the training "
            f"data;{nearest(label, known)} Known labels: {shown}. Correct the line, or add an "
            f"example of it to data.train"
        ) from None
