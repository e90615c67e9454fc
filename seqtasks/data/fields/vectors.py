"""A vector of numbers for a whole sequence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqtasks.data.decimals import LARGEST, plain
from seqtasks.data.fields.field import Field
from seqtasks.data.record import Record
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import DataError


class VectorField(Field):
    """The numbers that describe an example: ratings, coordinates, an embedding from elsewhere.

    The column holds the numbers separated by white space or commas, or as a JSON list. The
    field's vocabulary names the places of the vector, from 0.

    Args:
        column: where the reader finds the field.
    """

    def fit(self, records: Iterable[Record]) -> None:
        """Take the size of the vectors from the first one."""
        size = len(_numbers(self, next(iter(records))))
        self.vocabulary = Vocabulary([str(place) for place in range(size)])

    def encode(self, records: Sequence[Record]) -> NDArray[np.float32]:
        """(number of records, size) float32.

        Raises:
            DataError: a vector has another size than the first of the training data.
        """
        size = len(self.vocabulary)
        rows = [_numbers(self, record) for record in records]
        for row, record in zip(rows, records, strict=True):
            if len(row) != size:
                raise DataError(
                    f"'{self.name}' holds {len(row)} numbers where the training "
                    f"data's first has {size}; correct the line",
                    where=record.place,
                )
        return np.array(rows, dtype=np.float32).reshape(len(rows), size)

    def collate(self, values: Sequence[NDArray[np.float32]]) -> dict[str, Any]:
        """``<name>`` (batch, size) float32."""
        return {self.name: torch.from_numpy(np.stack(values))}


def _numbers(field: Field, record: Record) -> list[float]:
    """The numbers of a record's vector.

    Raises:
        DataError: there are none, or something is not a finite number.
    """
    value = field.value(record)
    parts = value.replace(",", " ").split() if isinstance(value, str) else value
    try:
        row = [plain(part) for part in parts]
    except (ValueError, TypeError, AttributeError) as error:
        raise DataError(
            f"'{field.name}' needs numbers: {error}; correct the line", where=record.place
        ) from None
    if not row or not max(map(abs, row)) <= LARGEST or any(map(math.isnan, row)):
        shown = " ".join(parts)[:60]
        raise DataError(
            f"'{field.name}' needs finite numbers below 3.4e38, not '{shown}'; correct the line",
            where=record.place,
        )
    return row
