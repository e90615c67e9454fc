"""How each token is written: small, capital, with digits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.fields.field import Field
from seqtasks.data.record import Record
from seqtasks.data.store.ragged import Ragged, pad
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import UsageError

CASES = ("lower", "title", "upper", "mixed", "number", "digits", "caseless", "punctuation")


def case_of(word: str) -> str:
    """How a word is written, one of `CASES`; the classes of Collobert et al. (2011), refined.

    ``number`` has digits and no letters, ``digits`` has both; ``caseless`` letters are those of
    scripts without capitals; a single capital is ``title``.

    >>> [case_of(word) for word in ["don't", "Paris", "A", "U.S.", "iPhone", "McCoy"]]
    ['lower', 'title', 'title', 'upper', 'mixed', 'mixed']
    >>> [case_of(word) for word in ["1,250.5", "4th", "猫", "...", "☺"]]
    ['number', 'digits', 'caseless', 'punctuation', 'punctuation']
    """
    letters = [character for character in word if character.isalpha()]
    if any(character.isdigit() for character in word):
        return "digits" if letters else "number"
    if not letters:
        return "punctuation"
    large = [letter.isupper() or letter.istitle() for letter in letters]
    if not any(large):
        return "lower" if any(letter.islower() for letter in letters) else "caseless"
    if large[0] and not any(large[1:]):
        return "title"
    return "upper" if not any(letter.islower() for letter in letters) else "mixed"


class CaseField(Field):
    """The case of each token as the file has it, also where the tokens are lower-cased.

    Args:
        along: the field of tokens whose case it is.
    """

    derived = True
    along: str

    def __init__(self, along: str = "tokens") -> None:
        super().__init__()
        self.along = along

    def value(self, record: Record) -> Any:
        """The tokens whose case is taken.

        Raises:
            UsageError: the data has no such field.
        """
        try:
            return record.values[self.along]
        except KeyError:
            raise UsageError(
                f"data.{self.name}.along: the data has no field '{self.along}'; its fields are "
                f"{', '.join(record.values)}"
            ) from None

    def fit(self, records: Iterable[Record]) -> None:
        """Take the classes, the same for all data."""
        self.vocabulary = Vocabulary(CASES)

    def encode(self, records: Sequence[Record]) -> Ragged:
        """The number of each token's class."""
        values = (self.value(record) for record in records)
        return Ragged.pack(
            self.vocabulary.encode(
                case_of(word) for word in (v.split() if isinstance(v, str) else v)
            )
            for v in values
        )

    def collate(self, values: Sequence[NDArray[np.int32]]) -> dict[str, Any]:
        """``<name>`` (batch, time) int64, 0 at padding."""
        return {self.name: pad(values)}
