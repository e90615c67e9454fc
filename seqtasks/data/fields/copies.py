"""Which word of the target each word of the source is, so that a decoder can copy it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.fields.field import Field
from seqtasks.data.record import Record
from seqtasks.data.store.ragged import Ragged, pad
from seqtasks.data.vocabulary import SPECIALS
from seqtasks.errors import UsageError

LEVELS = ("word", "character")


class Copy(NamedTuple):
    """What can be copied in one example; numbers from the vocabulary's size on are of `words`.

    Attributes:
        source: (steps,) the target number of each source word.
        target: (words,) the number of each target word, none where there is no target.
        words: the source's words that the target's vocabulary lacks, each once.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    words: list[str]


class Copies:
    """What can be copied in each example of a split.

    Args:
        sources: of all examples.
        targets: of all examples.
        words: of all examples.
        unk_id: stands for a target word that is not in the source.
    """

    def __init__(
        self, sources: Ragged, targets: Ragged, words: list[list[str]], unk_id: int
    ) -> None:
        self.sources, self.targets, self.words, self.unk_id = sources, targets, words, unk_id

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(number of examples,) int64, in words of the source."""
        return self.sources.lengths

    def cut(self, lengths: NDArray[np.int64]) -> Copies:
        """The first words of each source."""
        return Copies(self.sources.cut(lengths), self.targets, self.words, self.unk_id)

    def __len__(self) -> int:
        return len(self.sources)

    def __getitem__(self, index: int) -> Copy:
        source, target = self.sources[index], self.targets[index]
        found = np.where(np.isin(target, source), target, self.unk_id)
        return Copy(source, found.astype(np.int32), self.words[index])


class CopyField(Field):
    """The source's words as numbers of the target's vocabulary, and beyond it.

    The n-th distinct word of a source that the vocabulary lacks has the number V + n, V the
    vocabulary's size: the extended vocabulary of See, Liu and Manning 2017, section 2.2.

    Args:
        along: the field of the source's tokens.
        target: the field of the target's.
        share_vocabulary_with: whose vocabulary it is; that of the target.
        level: how the source and the target are cut: ``word`` or ``character``.
        lowercase: fold case, as the target does.
        separator: of the source's texts, where it joins several.

    Raises:
        UsageError: there is no such level, or words cannot be copied from it.
    """

    derived = True
    along: str

    def __init__(
        self,
        along: str = "source",
        *,
        target: str = "target",
        share_vocabulary_with: str = "target",
        level: str = "word",
        lowercase: bool = False,
        separator: str | None = None,
    ) -> None:
        super().__init__()
        if level not in LEVELS:
            raise UsageError(
                f"data.copies.level={level}: words and characters can be copied, as the source "
                f"has them; set data.source.level to {' or '.join(LEVELS)}"
            )
        self.along, self.target = along, target
        self.share_vocabulary_with = share_vocabulary_with
        self.level, self.lowercase, self.separator = level, lowercase, separator

    def cut(self, text: str) -> list[str]:
        """One text in pieces."""
        return text.split() if self.level == "word" else list(text)

    def pieces(self, value: str | list[str]) -> list[str]:
        """The words or characters of a value, those of several texts with separators between."""
        if isinstance(value, str):
            first, *rest = value.split("\t") if self.separator else [value]
            found = self.cut(first)
            for text in rest:
                found += [self.separator or "", *self.cut(text)]
        else:
            found = value
        return [piece.lower() for piece in found] if self.lowercase else list(found)

    def value(self, record: Record) -> Any:
        """The source."""
        return record.values[self.along]

    def learnt(self, record: Record) -> str | list[str]:
        """The target, of several references the first; empty where it is not known yet."""
        value: str | list[str] = record.values.get(self.target, "")
        return value.split("\t")[0] if isinstance(value, str) else value

    def fit(self, records: Iterable[Record]) -> None:
        """Nothing: the vocabulary is the target's."""

    def encode(self, records: Sequence[Record]) -> Copies:
        """Numbers of every source and target, and the words that have none of the vocabulary's."""
        sources, targets, words = [], [], []
        for record in records:
            unknown: dict[str, int] = {}
            source = self.pieces(self.value(record))
            sources.append([self.number(piece, unknown) for piece in source])
            # What comes into `unknown` by the target alone cannot be copied, and is not.
            listed = list(unknown)
            targets.append([self.number(p, unknown) for p in self.pieces(self.learnt(record))])
            words.append(listed)
        unk_id = self.vocabulary.unk_id or 0
        return Copies(Ragged.pack(sources), Ragged.pack(targets), words, unk_id)

    def number(self, piece: str, unknown: dict[str, int]) -> int:
        """The number of a word, new unknown words being given the next; special symbols have none.

        Args:
            piece: a word or character.
            unknown: those that have numbers beyond the vocabulary; grows.
        """
        known = None if piece in SPECIALS else self.vocabulary.index.get(piece)
        size = len(self.vocabulary)
        return unknown.setdefault(piece, size + len(unknown)) if known is None else known

    def collate(self, values: Sequence[Copy]) -> dict[str, Any]:
        """What a batch can copy.

        Returns:
            ``<name>`` (batch, steps) int64, the number of each source word;
            ``<name>_target`` (batch, words) int64, that of each target word that can be copied,
            ``<unk>`` for the others; and ``<name>_words``, for each example its unknown words.
        """
        unk_id = self.vocabulary.unk_id or 0
        return {
            self.name: pad([value.source for value in values], self.vocabulary.pad_id),
            f"{self.name}_target": pad([value.target for value in values], unk_id),
            f"{self.name}_words": [value.words for value in values],
        }
