"""The characters of each token."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqtasks.data.fields.field import Field, check_varied
from seqtasks.data.record import Record
from seqtasks.data.store.ragged import Ragged, pad_sequences, sequence_lengths
from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.errors import check_least


class Spellings:
    """Sequences of words, in which the characters of each distinct word stand once.

    Args:
        types: (sequences, words), the number of each word's type.
        characters: (types, characters), the numbers of the characters.
    """

    def __init__(self, types: Ragged, characters: Ragged) -> None:
        self.types, self.characters = types, characters

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(number of sequences,) int64, in words."""
        return self.types.lengths

    def cut(self, lengths: NDArray[np.int64]) -> Spellings:
        """The first words of each sequence."""
        return Spellings(self.types.cut(lengths), self.characters)

    def __len__(self) -> int:
        return len(self.types)

    def __getitem__(self, index: int) -> list[NDArray[np.int32]]:
        return [self.characters[number] for number in self.types[index]]


class CharacterField(Field):
    """The characters of each token, given once for each distinct word of a batch.

    Args:
        along: the field of the tokens.
        max_length: characters kept of a word; a longer one keeps its beginning and its end.

    Raises:
        UsageError: ``max_length`` is below 2.
    """

    derived = True
    along: str

    def __init__(self, along: str = "tokens", *, max_length: int = 24) -> None:
        super().__init__()
        self.along, self.max_length = along, check_least("max_length", max_length, 2)

    def words(self, record: Record) -> list[str]:
        """The record's tokens, each shortened to ``max_length`` characters."""
        half, tokens = self.max_length // 2, self.tokens(record)
        return [w if len(w) <= self.max_length else w[:half] + w[-half:] for w in tokens]

    def fit(self, records: Iterable[Record]) -> None:
        """List the distinct characters, the most frequent first."""
        spelled = (word for record in records for word in self.words(record))
        self.vocabulary = Vocabulary.count(spelled, specials=SPECIALS)
        check_varied(self, len(self.vocabulary) - len(SPECIALS), "characters")

    def encode(self, records: Sequence[Record]) -> Spellings:
        """The type of every token, and the characters of every type."""
        types: dict[str, int] = {}
        sequences = [
            [types.setdefault(word, len(types)) for word in self.words(record)]
            for record in records
        ]
        return Spellings(
            Ragged.pack(sequences), Ragged.pack(self.vocabulary.encode(word) for word in types)
        )

    def collate(self, values: Sequence[list[NDArray[np.int32]]]) -> dict[str, Any]:
        """The batch's distinct words and their places.

        Returns:
            ``<name>`` (words, characters) int64, ``<name>_lengths`` (words,) int64 and
            ``<name>_index`` (batch, time) int64: the word at each step, 0 at padding.
        """
        place: dict[bytes, int] = {}
        spelled: list[NDArray[np.int32]] = []
        index = []
        for words in values:
            row = []
            for word in words:
                key = word.tobytes()
                number = place.get(key)
                if number is None:
                    number = place[key] = len(spelled)
                    spelled.append(word)
                row.append(number)
            index.append(row)
        return {
            self.name: pad_sequences(spelled, self.vocabulary.pad_id),
            f"{self.name}_lengths": sequence_lengths(spelled),
            f"{self.name}_index": pad_sequences(index)
            if values
            else torch.zeros(0, 0, dtype=torch.int64),
        }
