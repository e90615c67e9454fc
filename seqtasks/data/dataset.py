"""Encoded examples of one split."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from seqtasks.data.batch import Batch, DealtBatch
from seqtasks.data.fields import Field, TokenField, VectorSequenceField
from seqtasks.data.record import Record
from seqtasks.data.store.columns import Encoded
from seqtasks.data.store.flat_file import by_file, from_file
from seqtasks.data.store.ragged import Ragged
from seqtasks.data.store.records import Records, lines_of
from seqtasks.errors import UsageError


class SequenceDataset(Dataset[Batch]):
    """The examples of a split, with every field encoded once.

    Args:
        fields: name → fitted field.
        records: the examples.
        encoded: name → the field's values in all examples.
        text_lengths: (examples,) the characters of each example's first text, for scores per
            character.
    """

    def __init__(
        self,
        fields: Mapping[str, Field],
        records: Sequence[Record],
        encoded: Mapping[str, Any],
        text_lengths: NDArray[np.integer],
    ) -> None:
        self.fields, self.records = fields, records
        self.encoded, self.text_lengths = encoded, text_lengths

    def __getstate__(self) -> dict[str, Any]:
        """For another process: mapped arrays are their files there."""
        encoded = {name: by_file(values) for name, values in self.encoded.items()}
        return {**self.__dict__, "encoded": encoded, "text_lengths": by_file(self.text_lengths)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        encoded = {name: from_file(values) for name, values in state["encoded"].items()}
        lengths = from_file(state["text_lengths"])
        self.__dict__.update(state, encoded=encoded, text_lengths=lengths)

    @classmethod
    def of(cls, fields: Mapping[str, Field], records: Sequence[Record]) -> SequenceDataset:
        """Encode some records in memory.

        Raises:
            DataError: a value cannot be encoded; the message says where it stands.
        """
        encoders = {name: field.encoder(records) for name, field in fields.items()}
        return cls(
            fields, records, encode(fields, encoders, records), text_lengths(fields, records)
        )

    @property
    def places(self) -> Sequence[str]:
        """The file and line of each example, for messages."""
        return Places(self.records)

    def __len__(self) -> int:
        return len(self.text_lengths)

    def __getitem__(self, indices: Sequence[int] | int) -> Batch:
        """The batch of some examples in the given order, or of a single one.

        Fields that encode at random encode a `DealtBatch` with a place anew, in the same way in
        whatever process.
        """
        if isinstance(indices, int):
            indices = [indices]
        place = indices.place if isinstance(indices, DealtBatch) else None
        records = self.read(indices, drawn=place is not None)
        batch = Batch()
        for name, field in self.fields.items():
            if place is not None and field.varies:
                drawn = (Random(repr((*place, index, name))) for index in indices)
                values = [
                    value
                    for record, random in zip(records, drawn, strict=True)
                    for value in field.vary([record], random)
                ]
            else:
                values = [self.encoded[name][index] for index in indices]
            batch.update(field.collate(values))
            if field.keep_text:
                batch[f"{name}_text"] = [field.written(record) for record in records]
        batch["example"] = lines_of(self.records, indices)
        batch["index"] = list(indices)
        batch["text_length"] = torch.from_numpy(self.text_lengths[list(indices)].astype(np.int64))
        if isinstance(indices, DealtBatch) and not indices.counted:
            batch["counted"] = False
        return batch

    def read(self, indices: Sequence[int], drawn: bool) -> list[Record]:
        """The records of some examples; none where no field looks at them."""
        fields = self.fields.values()
        wanted = any(field.keep_text or (drawn and field.varies) for field in fields)
        return [self.records[index] for index in indices] if wanted else []

    def sizes(self) -> list[NDArray[np.int64]]:
        """The lengths of all examples, for each field of tokens or of steps."""
        return sizes_of(self.fields, self.encoded)


class Places(Sequence[str]):
    """The file and line of each record."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, index: Any) -> Any:
        records = self.records
        return records.place(index) if isinstance(records, Records) else records[index].place


Encoder = Callable[[Sequence[Record]], Encoded]
"""Gives the numbers of some records of a split."""


def encode(
    fields: Mapping[str, Field], encoders: Mapping[str, Encoder], records: Sequence[Record]
) -> dict[str, Any]:
    """Encode every field of some records.

    Raises:
        DataError: a value cannot be encoded; the message says where it stands.
        UsageError: a field has another number of steps than the field that it goes along with.
    """
    encoded: dict[str, Any] = {name: encode_one(records) for name, encode_one in encoders.items()}
    for name, field in fields.items():
        if field.along is not None and field.along in fields:
            encoded[name] = aligned(field, encoded[name], fields[field.along], encoded[field.along])
    return encoded


def aligned(field: Field, encoded: Any, along: Field, tokens: Any) -> Any:
    """The values of a field that has one for each token, cut where the tokens are cut.

    Raises:
        UsageError: the tokens have another number of steps.
    """
    if isinstance(along, TokenField) and along.truncate:
        encoded = encoded.cut(tokens.lengths)
    if not np.array_equal(encoded.lengths, tokens.lengths):
        raise UsageError(
            f"it has a value for each token of '{along.name}', whose level must then be word, "
            "without bos and eos; set these, or the field to null",
            option=field.name,
        )
    return encoded


def sizes_of(fields: Mapping[str, Field], encoded: Mapping[str, Any]) -> list[NDArray[np.int64]]:
    """The lengths of some encoded examples, for each field of tokens or of steps."""
    return [
        values.lengths
        for name, values in encoded.items()
        if isinstance(values, Ragged)
        and isinstance(fields[name], (TokenField, VectorSequenceField))
    ]


def text_lengths(fields: Mapping[str, Field], records: Sequence[Record]) -> NDArray[np.int64]:
    """(records,) the characters of each record's first text; 0 where there is no text."""
    for field in fields.values():
        if isinstance(field, TokenField):
            return np.array([len(field.text(record)) for record in records], dtype=np.int64)
    return np.zeros(len(records), dtype=np.int64)
