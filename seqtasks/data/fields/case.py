"""The case of each token: lower, title, upper, with digits and so on."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from numpy.typing import NDArray

from seqtasks.data.fields.field import Field
from seqtasks.data.record import Record
from seqtasks.data.store.ragged import Ragged, pad_sequences
from seqtasks.data.symbols.numbers import look_up
from seqtasks.data.vocabulary import Vocabulary

CASES = ("lower", "title", "upper", "mixed", "number", "digits", "caseless", "punctuation")


@functools.lru_cache(maxsize=1 << 16)
def case_of(word: str) -> str:
    """The case of a word: one of `CASES` (Collobert et al. 2011, refined).

    ``number`` has digits and no letters, ``digits`` has both; ``caseless`` letters belong to
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
    """The case of each token in the file, also where the field of tokens folds it.

    Args:
        along: the field of the tokens.
    """

    derived = True
    required = CASES
    along: str

    def __init__(self, along: str = "tokens") -> None:
        super().__init__()
        self.along = along

    def fit(self, records: Iterable[Record]) -> None:
        """Take the classes, which are the same for all data."""
        self.vocabulary = Vocabulary(CASES)

    def encode(self, records: Sequence[Record]) -> Ragged:
        """The number of each token's class."""
        rows = [self.tokens(record) for record in records]
        classes = {word: self.vocabulary.index[case_of(word)] for word in set(chain(*rows))}
        return look_up(rows, classes, None, self.vocabulary.number_type)

    def collate(self, values: Sequence[NDArray[Any]]) -> dict[str, Any]:
        """``<name>`` (batch, time) int64, 0 at padding."""
        return {self.name: pad_sequences(values)}
