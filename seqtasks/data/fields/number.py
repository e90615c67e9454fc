"""One number for a whole sequence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqtasks.data.decimals import LARGEST, decimal
from seqtasks.data.fields.field import Field
from seqtasks.data.record import Record
from seqtasks.errors import RecordError


class NumberField(Field):
    """One number such as a price, a rating or a measurement; the vocabulary is empty.

    Args:
        column: where the reader finds the field.
    """

    kind = "number"

    def fit(self, records: Iterable[Record]) -> None:
        """Learn nothing: the numbers are taken as they are."""

    def number(self, record: Record) -> float:
        """The record's number.

        Raises:
            RecordError: the value is not a finite number.
        """
        value = self.value(record)
        try:
            number = decimal(value)
        except (TypeError, ValueError):
            number = math.nan
        if not abs(number) <= LARGEST:
            shown = str(value)[:30]
            raise RecordError(
                f"'{shown}' in '{self.name}' where a finite number below 3.4e38 is expected; write "
                "one such as 3.5 or 3,5, or choose a label field",
                where=record.place,
            )
        return number

    def encode(self, records: Sequence[Record]) -> NDArray[np.float32]:
        """(number of records,) float32."""
        return np.array([self.number(record) for record in records], dtype=np.float32)

    def collate(self, values: Sequence[float]) -> dict[str, Any]:
        """``<name>`` (batch,) float32."""
        return {self.name: torch.tensor(np.asarray(values), dtype=torch.float32)}
