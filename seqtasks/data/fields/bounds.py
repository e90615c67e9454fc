"""The bounds of sequences: their lengths, and the symbols before and behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.record import Record
from seqtasks.data.store.ragged import Ragged
from seqtasks.errors import DataError


@dataclass(frozen=True)
class Bounds:
    """The limits of a field's sequences, and the symbols before and behind them.

    Args:
        name: of the field, for errors.
        bos_id: the number of the symbol before a text; None for no such symbol.
        eos_id: the number of the symbol behind a text; None for no such symbol.
        max_length: the largest number of tokens between the two; None for no limit.
        truncate: cut longer sequences instead of refusing them.
    """

    name: str
    bos_id: int | None
    eos_id: int | None
    max_length: int | None
    truncate: bool

    def put(self, found: Ragged, records: Sequence[Record]) -> Ragged:
        """Check sequences, cut them, and put symbols at both ends of their texts.

        A text that comes in several records has them before the first and behind the last.

        Args:
            found: the tokens of each record.
            records: that they come from.

        Raises:
            DataError: a sequence is empty or too long.
        """
        begins = np.array([record.begins for record in records], dtype=bool)
        ends = np.array([record.ends for record in records], dtype=bool)
        found = self.limited(found, records, begins & ends)
        if self.bos_id is None and self.eos_id is None:
            return found
        offsets = found.offsets.copy()
        if self.bos_id is not None:
            offsets[1:] += begins.cumsum()
        if self.eos_id is not None:
            offsets[1:] += ends.cumsum()
        values = np.empty(offsets[-1], dtype=found.values.dtype)
        inner = np.ones(len(values), dtype=bool)
        if self.bos_id is not None:
            first = offsets[:-1][begins]
            values[first], inner[first] = self.bos_id, False
        if self.eos_id is not None:
            last = offsets[1:][ends] - 1
            values[last], inner[last] = self.eos_id, False
        values[inner] = found.values
        return Ragged(values, offsets)

    def limited(self, found: Ragged, records: Sequence[Record], whole: NDArray[np.bool_]) -> Ragged:
        """The sequences, cut if ``truncate`` is set.

        Args:
            found: the tokens of each record.
            records: that they come from.
            whole: (records,) whether the record is a whole text.

        Raises:
            DataError: a whole text is empty, a sequence is longer than ``max_length``, or there
                is such a limit for a text in several records.
        """
        lengths = found.offsets[1:] - found.offsets[:-1]
        if self.max_length is None and lengths.all():
            return found
        wrong = whole & (lengths == 0)
        if self.max_length is not None:
            wrong |= ~whole
            if not self.truncate:
                wrong |= lengths > self.max_length
        if wrong.any():
            place = int(wrong.argmax())
            raise self.refusal(int(lengths[place]), records[place], bool(whole[place]))
        if self.max_length is not None and (lengths > self.max_length).any():
            return found.cut(np.full(len(records), self.max_length))
        return found

    def refusal(self, count: int, record: Record, whole: bool) -> DataError:
        """What is wrong with a record of so many tokens."""
        if whole and not count:
            return DataError(
                f"an empty sentence in '{self.name}'; remove the line", where=record.place
            )
        limit = f"`{self.name}.max_length`={self.max_length}"
        if whole:
            return DataError(
                f"'{self.name}' has {count:,} tokens, more than {limit}; split the line, raise "
                f"the limit, or set `{self.name}.truncate`=true",
                where=record.place,
            )
        return DataError(
            f"'{self.name}' is a running text that is read in several pieces, and {limit} is a "
            "limit for sequences that stand alone; set it to null, or give the text in lines",
            where=record.place,
        )
