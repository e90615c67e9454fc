"""The characters of each token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray

from seqtasks.data.fields.field import Field, check_varied
from seqtasks.data.fields.spellings import Spellings
from seqtasks.data.record import Record
from seqtasks.data.store.columns import Flat, number_type
from seqtasks.data.store.ragged import Ragged, pad_sequences, sequence_lengths
from seqtasks.data.symbols.characters import CharacterTable
from seqtasks.data.symbols.counting import count_characters, ranked
from seqtasks.data.symbols.numbers import laid_out
from seqtasks.data.vocabulary import SPECIALS, UNK, Vocabulary
from seqtasks.errors import check_least


class CharacterField(Field):
    """The characters of each token, given once for each distinct word of a batch.

    Args:
        along: the field of the tokens.
        max_length: characters kept of a word; a longer one keeps its beginning and its end.

    Raises:
        UsageError: ``max_length`` is below 2.
    """

    derived = True
    specials = SPECIALS
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
        spelled = ("".join(self.words(record)) for record in records)
        symbols = ranked(count_characters(spelled), SPECIALS)
        self.vocabulary = Vocabulary(symbols, specials=range(len(SPECIALS)))
        check_varied(self, len(self.vocabulary.index), "characters")

    def encode(self, records: Sequence[Record]) -> Spellings:
        """The number of characters of every token, and the characters."""
        rows = [self.words(record) for record in records]
        words = list(chain.from_iterable(rows))
        counts = np.fromiter(map(len, words), number_type(self.max_length + 1), len(words))
        vocabulary = self.vocabulary
        unk_id = vocabulary.specials[UNK]
        table = CharacterTable(vocabulary.index, unk_id, vocabulary.number_type)
        return Spellings(
            laid_out(counts, [len(row) for row in rows]), table.encode(["".join(r) for r in rows])
        )

    def view(self, columns: Mapping[str, Flat]) -> Spellings:
        return Spellings(cast(Ragged, columns["counts"]), cast(Ragged, columns["letters"]))

    def collate(self, values: Sequence[list[NDArray[Any]]]) -> dict[str, Any]:
        """The batch's distinct words and their places.

        Returns:
            ``<name>`` (words, characters) int64, ``<name>_lengths`` (words,) int64 and
            ``<name>_index`` (batch, time) int64: the word at each step, 0 at padding.
        """
        place: dict[bytes, int] = {}
        spelled: list[NDArray[Any]] = []
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
