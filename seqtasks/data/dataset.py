"""Encoded examples of one split."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset

from seqtasks.data.batch import Batch, SeededBatch
from seqtasks.data.fields import Field, SynchronousField, TokenField, VectorSequenceField
from seqtasks.data.record import Record
from seqtasks.data.store.ragged import Ragged
from seqtasks.errors import UsageError


class SequenceDataset(Dataset[Batch]):
    """The examples of a split, with every field encoded once.

    Args:
        fields: name → fitted field.
        records: the examples.
        folder: where the flat arrays are kept; None keeps them in memory.

    Raises:
        DataError: a value cannot be encoded; the message says where it stands.
    """

    def __init__(
        self, fields: Mapping[str, Field], records: Sequence[Record], folder: Path | None = None
    ) -> None:
        self.fields, self.records = fields, records
        self.encoded: dict[str, Any] = {n: field.encode(records) for n, field in fields.items()}
        for name, field in fields.items():
            if field.along is not None and field.along in fields:
                self.encoded[name] = self.aligned(name, field.along)
        if folder is not None:
            for name, encoded in self.encoded.items():
                if isinstance(encoded, Ragged):
                    self.encoded[name] = encoded.mapped(folder / f"{name}.npy")

    @property
    def places(self) -> list[str]:
        """The file and line of each example, for messages."""
        return [record.place for record in self.records]

    def aligned(self, name: str, along: str) -> Any:
        """The values of a field that has one for each token, cut where the tokens are cut.

        Raises:
            UsageError: the tokens have another number of steps.
        """
        tokens, field = self.encoded[along], self.fields[along]
        encoded = self.encoded[name]
        if isinstance(field, TokenField) and field.truncate:
            encoded = encoded.cut(tokens.lengths)
        if not np.array_equal(encoded.lengths, tokens.lengths):
            raise UsageError(
                f"it has a value for each token of '{along}', whose level must then be word, "
                "without bos and eos",
                option=name,
            )
        return encoded

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, indices: Sequence[int] | int) -> Batch:
        """The batch of some examples in the given order, or of a single one.

        Fields that encode at random encode a `SeededBatch` of training anew.
        """
        if isinstance(indices, int):
            indices = [indices]
        random = Random(repr(indices.place)) if isinstance(indices, SeededBatch) else None
        batch = Batch()
        for name, field in self.fields.items():
            if random is not None and field.varies:
                values = field.vary([self.records[index] for index in indices], random)
            else:
                values = [self.encoded[name][index] for index in indices]
            batch.update(field.collate(values))
            if isinstance(field, (TokenField, SynchronousField)) and field.keep_text:
                batch[f"{name}_text"] = [field.written(self.records[index]) for index in indices]
        batch["example"] = [self.records[index].line for index in indices]
        batch["text_length"] = torch.tensor([self.text_lengths[index] for index in indices])
        return batch

    @functools.cached_property
    def text_lengths(self) -> list[int]:
        """Characters of each example's first text, for scores per character."""
        for field in self.fields.values():
            if isinstance(field, TokenField):
                return [len(field.text(record)) for record in self.records]
        return [0] * len(self)

    def sizes(self) -> list[list[int]]:
        """The lengths of all examples, for each field of tokens or of steps."""
        return [
            encoded.lengths.tolist()
            for name, encoded in self.encoded.items()
            if isinstance(encoded, Ragged)
            and isinstance(self.fields[name], (TokenField, VectorSequenceField))
        ]
