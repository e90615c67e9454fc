"""The columns of a table, by their names and by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from seqtasks.data.record import Value
from seqtasks.presets.guessing.values import (
    are_words,
    few_distinct,
    is_date,
    is_number,
    mostly,
    shown,
)

_CODE = re.compile(r"(?=\S*\d)[\w.:/-]+|https?://\S+")
_WORDY = 2.5  # words a value
_LONG = 16  # characters a value


@dataclass(frozen=True)
class Column:
    """A column in the first rows of a table.

    Attributes:
        key: the name, or the number where there is none; by it the reader finds the column.
        values: those that are not blank.
    """

    key: str | int
    values: Sequence[Value]

    @property
    def name(self) -> str:
        """The name in small letters with ``_`` between its words; empty without one."""
        if isinstance(self.key, int):
            return ""
        return re.sub(r"[\s-]+", "_", self.key.strip().casefold())

    @property
    def example(self) -> str:
        """The column and one of its values, for a message."""
        return f"{self.key} ({shown(self.values[0], 30)})" if self.values else f"{self.key} (empty)"

    @cached_property
    def texts(self) -> list[str]:
        """The values that are no lists, without white space around them."""
        return [value.strip() for value in self.values if isinstance(value, str)]

    @cached_property
    def holds_lists(self) -> bool:
        """Whether the values are lists."""
        return mostly([not isinstance(value, str) for value in self.values])

    @cached_property
    def holds_numbers(self) -> bool:
        """Whether the values are numbers."""
        return mostly([*map(is_number, self.texts)])

    @cached_property
    def items(self) -> list[list[str]]:
        """The tokens of each value; a text is split at white space."""
        return [value.split() if isinstance(value, str) else value for value in self.values]

    @cached_property
    def holds_tags(self) -> bool:
        """Whether the tokens of the values are few different ones, as tags are."""
        return few_distinct([*chain.from_iterable(self.items)])

    def goes_with(self, other: Column) -> bool:
        """Whether two columns have the same number of tokens in each row."""
        return [*map(len, self.items)] == [*map(len, other.items)]

    @cached_property
    def measures(self) -> bool:
        """Whether the values are numbers with decimals, hardly two of them the same."""
        fractions = [not float(text).is_integer() for text in self.texts if is_number(text)]
        rare = len({*self.texts}) > 0.8 * len(self.texts)
        return self.holds_numbers and rare and any(fractions)

    @cached_property
    def holds_labels(self) -> bool:
        """Whether the values may be labels: few, short ones that come again."""
        return (
            len({*self.texts}) > 1
            and few_distinct(self.texts)
            and are_words({*self.texts})
            and not mostly([*map(is_date, self.texts)])
        )

    @cached_property
    def holds_texts(self) -> bool:
        """Whether the values may be texts: strings of which most differ, no numbers and codes."""
        return (
            bool(self.texts)
            and len({*self.texts}) >= 0.5 * len(self.texts)
            and not self.holds_numbers
            and not mostly([*map(is_date, self.texts)])
            and not mostly([bool(_CODE.fullmatch(text)) for text in self.texts])
        )

    @cached_property
    def long(self) -> bool:
        """Whether texts are more than a word or two."""
        count = max(1, len(self.texts))
        words = sum(len(text.split()) for text in self.texts) / count
        return words >= _WORDY or sum(map(len, self.texts)) / count >= _LONG
