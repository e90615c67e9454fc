"""Encoded examples of one split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import Dataset

from seqtasks.data.batch import Batch
from seqtasks.data.fields import Field, TokenField
from seqtasks.data.ragged import Ragged
from seqtasks.data.record import Record


class SequenceDataset(Dataset[Batch]):
    """Records with every field encoded once.

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
        if folder is not None:
            for name, encoded in self.encoded.items():
                if isinstance(encoded, Ragged):
                    self.encoded[name] = encoded.mapped(folder / f"{name}.npy")

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, indices: Sequence[int]) -> Batch:
        """The batch of some examples, in the given order."""
        batch = Batch()
        for name, field in self.fields.items():
            encoded = self.encoded[name]
            batch.update(field.collate([encoded[index] for index in indices]))
            if isinstance(field, TokenField) and field.keep_text:
                batch[f"{name}_text"] = [field.text(self.records[index]) for index in indices]
        batch["example"] = [self.records[index].line for index in indices]
        batch["text_length"] = torch.tensor([self.text_length(index) for index in indices])
        return batch

    def text_length(self, index: int) -> int:
        """Characters of the example's first text, for scores a character."""
        for field in self.fields.values():
            if isinstance(field, TokenField):
                return len(field.text(self.records[index]))
        return 0

    def sizes(self) -> list[list[int]]:
        """For each field of tokens, the length of every example."""
        return [
            encoded.lengths.tolist()
            for name, encoded in self.encoded.items()
            if isinstance(encoded, Ragged) and isinstance(self.fields[name], TokenField)
        ]
