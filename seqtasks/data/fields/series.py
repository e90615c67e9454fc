"""A sequence of vectors: sensors, features of sound, measurements."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray

from seqtasks.data.batch import lengths_of
from seqtasks.data.decimals import LARGEST, plain
from seqtasks.data.fields.channels import Channels
from seqtasks.data.fields.field import Field
from seqtasks.data.fields.values import values_of
from seqtasks.data.record import Record
from seqtasks.data.store.ragged import Ragged, sequence_lengths
from seqtasks.errors import DataError, RecordError, check_least

_log = logging.getLogger(__name__)


class VectorSequenceField(Field):
    """A vector of numbers at each step; the vectors have one size, the sequences any length.

    A raw text holds a JSON list of steps, each a list of numbers: ``[[0.1, 2], [0.3, 4]]``. The
    field's vocabulary is its `Channels`, with the mean and deviation of the training data.

    Args:
        column: where the reader finds the field.
        standardise: subtract each channel's mean and divide by its deviation.
        max_length: steps that one sequence may have; None for no limit.

    Raises:
        UsageError: ``max_length`` is below 1.
    """

    vocabulary: Channels

    def __init__(
        self,
        column: str | int | None = None,
        *,
        standardise: bool = True,
        max_length: int | None = None,
    ) -> None:
        super().__init__(column)
        if max_length is not None:
            check_least("max_length", max_length, 1)
        self.vocabulary = Channels([])
        self.standardise, self.max_length = standardise, max_length

    def fit(self, records: Iterable[Record]) -> None:
        """Learn the number of channels, and the mean and deviation of each over all steps.

        Raises:
            DataError: no record has finite numbers alone, of which the first has its place.
        """
        count = 0
        total = squares = np.zeros(0)
        first: NDArray[np.float64] | None = None
        lowest = highest = np.zeros(0)
        for values in values_of(self.steps_alike(), records):
            if first is None:
                first = values[0]
                total, squares = np.zeros(len(first)), np.zeros(len(first))
                lowest = highest = first
            # Sums of differences from a channel's first value lose no digits to an offset.
            count += len(values)
            total = total + (values - first).sum(axis=0)
            squares = squares + ((values - first) ** 2).sum(axis=0)
            lowest = np.minimum(lowest, values.min(axis=0))
            highest = np.maximum(highest, values.max(axis=0))
        if first is None:
            raise DataError(
                "there is no training example; look at the training files", option=self.name
            )
        names = [str(place) for place in range(len(first))]
        self.vocabulary = Channels(names)
        constant = lowest == highest
        note_constant(self, names, constant)
        if not self.standardise:
            return
        mean = np.where(constant, first, first + total / count)
        variance = np.maximum(squares / count - (total / count) ** 2, 0)
        deviation = np.where(constant | (variance <= 0), 1.0, np.sqrt(variance))
        self.vocabulary = Channels(names, mean.tolist(), deviation.tolist())

    def steps_alike(self) -> Callable[[Record], NDArray[np.float64]]:
        """A function for the `steps` of records, all with as many channels as its first has."""
        width: int | None = None

        def read(record: Record) -> NDArray[np.float64]:
            nonlocal width
            values = self.steps(record, width)
            width = values.shape[1]
            return values

        return read

    def steps(self, record: Record, width: int | None) -> NDArray[np.float64]:
        """A record's values, (steps, channels).

        Args:
            record: the example.
            width: the expected number of channels; None takes that of the first step.

        Raises:
            RecordError: the value is no list of steps, or is empty, or a step holds something other
                than finite numbers.
            DataError: there are more steps than ``max_length``, or a step has another size.
        """
        value = self.value(record)
        try:
            rows = json.loads(value, parse_int=float) if isinstance(value, str) else value
        except (ValueError, RecursionError) as error:
            raise RecordError(
                f"'{self.name}' is not a JSON list of steps ({error}); write one list of numbers a "
                "step, as in [[0.1, 2], [0.3, 4]]",
                where=record.place,
            ) from None
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise RecordError(
                f"'{self.name}' is not a list of lists; write one list of numbers a step, as in "
                "[[0.1, 2], [0.3, 4]]",
                where=record.place,
            )
        if not rows:
            raise RecordError(f"'{self.name}' has no step; remove the example", where=record.place)
        if self.max_length is not None and len(rows) > self.max_length:
            raise DataError(
                f"'{self.name}' has {len(rows):,} steps, more than `{self.name}.max_length`="
                f"{self.max_length}; split the example, or raise the limit",
                where=record.place,
            )
        expected = width or len(rows[0])
        for step, row in enumerate(rows):
            if len(row) != expected or not row:
                raise DataError(
                    f"'{self.name}' has {len(row)} numbers at step {step}, {max(expected, 1)} "
                    f"expected {'as in training' if width else 'as at its first'}; give every "
                    "step the same",
                    where=record.place,
                )
        try:
            values = np.array(rows)
        except (ValueError, OverflowError):
            values = np.array([])
        if values.dtype.kind not in "fiub" or values.ndim != 2:
            values = np.array([[_number(cell) for cell in row] for row in rows])
        self._check_size(values.astype(np.float64, copy=False), rows, record)
        return values.astype(np.float64, copy=False)

    def _check_size(self, values: NDArray[np.floating[Any]], given: Any, record: Record) -> None:
        """Refuse values that are not finite, or that no tensor holds.

        Raises:
            RecordError: there is one, which the message names as it is given.
        """
        bad = np.argwhere(~(np.abs(values) <= LARGEST))
        if len(bad):
            step, channel = bad[0].tolist()
            raise RecordError(
                f"a step of '{self.name}' that lacks a finite number below 3.4e38; it holds "
                f"{repr(given[step][channel])[:30]} at step {step}, channel {channel} (both from "
                "0): fill it in, or remove the example",
                where=record.place,
            )

    def encode(self, records: Sequence[Record]) -> Ragged:
        """All steps laid end to end, (steps of all records, channels) float32."""
        width = len(self.vocabulary)
        rows = [self.measured(record) for record in records]
        offsets = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in rows], out=offsets[1:])
        values = np.concatenate(rows) if rows else np.zeros((0, width), np.float32)
        return Ragged(cast(Any, values), offsets)

    def measured(self, record: Record) -> NDArray[np.float32]:
        """A record's values as the model sees them, (steps, channels).

        Raises:
            RecordError: one is so far from those of training that no tensor holds it.
        """
        steps = self.steps(record, len(self.vocabulary))
        with np.errstate(over="ignore"):
            measured = self.vocabulary.measure(steps)
        self._check_size(measured, steps, record)
        return measured

    def collate(self, values: Sequence[NDArray[np.float32]]) -> dict[str, Any]:
        """``<name>`` (batch, time, channels) float32, 0 at padding, and its lengths (batch,)."""
        counts = sequence_lengths(cast(Any, values))
        longest = max((len(steps) for steps in values), default=0)
        padded = np.zeros((len(values), longest, len(self.vocabulary)), dtype=np.float32)
        for row, steps in zip(padded, values, strict=True):
            row[: len(steps)] = steps
        return {self.name: torch.from_numpy(padded), lengths_of(self.name): counts}


def note_constant(field: Field, names: Sequence[str], constant: NDArray[np.bool_]) -> None:
    """Log which channels have one value in all of the training data."""
    if constant.any():
        shown = [name for name, same in zip(names, constant, strict=True) if same]
        _log.warning(
            "The field '%s' has %d of %d channels that hold one value in all of the training data, "
            "which tells nothing: %s (from 0); look at the training files",
            field.name,
            len(shown),
            len(names),
            ", ".join(shown),
        )


def _number(cell: Any) -> float:
    """A cell as a number; NaN for anything that is none."""
    try:
        return plain(cell) if isinstance(cell, str) else float(cell)
    except (ValueError, TypeError, OverflowError):
        return math.nan
