"""The source's words as numbers of the target, so that a decoder can copy them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from seqtasks.data.fields.columns import Column, in_reading_order
from seqtasks.data.fields.copying import Copies, Copy, pack_words
from seqtasks.data.fields.field import Field
from seqtasks.data.record import Record
from seqtasks.data.store.columns import Flat
from seqtasks.data.store.ragged import Ragged, pad_sequences
from seqtasks.data.symbols.folding import folded
from seqtasks.data.symbols.words import words_of
from seqtasks.errors import UsageError

_LEVELS = ("word", "character")


class CopyField(Field):
    """The source's words as numbers of the target's vocabulary, and beyond it.

    The n-th distinct word of a source that the vocabulary lacks has the number V + n, V the
    vocabulary's size: the extended vocabulary of See, Liu and Manning 2017, section 2.2.

    Args:
        along: the field of the source's tokens.
        target: the field of the target's.
        share_vocabulary_with: whose vocabulary it is; that of the target.
        level: the level of the source and the target: ``word`` or ``character``.
        lowercase: fold case, as the target does.
        separator: the special symbol between the source's texts, where several are joined.
        source_column: the source's columns, in the order in which their texts are read.

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
        source_column: Column = None,
    ) -> None:
        super().__init__()
        if level not in _LEVELS:
            raise UsageError(
                f"words and characters can be copied, not {level}; give it and the source's level "
                f"the value {' or '.join(_LEVELS)}",
                option="level",
            )
        self.along, self.target = along, target
        self.share_vocabulary_with = share_vocabulary_with
        self.level, self.lowercase = level, lowercase
        self.separator = separator.strip() if separator else None
        self.source_column = source_column

    def cut(self, text: str) -> list[str]:
        """The words or characters of one text."""
        return words_of(text) if self.level == "word" else list(text)

    def source_pieces(self, value: str | list[str]) -> list[str | None]:
        """The words or characters of a source, with None between several texts."""
        if not isinstance(value, str) or self.separator is None:
            return [*self.pieces(value)]
        texts = value.split("\t")
        if isinstance(self.source_column, list):
            texts = in_reading_order(texts, self.source_column)
        first, *rest = map(self.pieces, texts)
        return [*first, *(piece for text in rest for piece in (None, *text))]

    def pieces(self, value: str | list[str]) -> list[str]:
        """The words or characters of one text."""
        found = self.cut(value) if isinstance(value, str) else value
        return folded(found) if self.lowercase else list(found)

    def learnt(self, record: Record) -> str | list[str]:
        """The target, or the first of several references; empty before the target is known."""
        value: str | list[str] = record.values.get(self.target, "")
        return value.split("\t")[0] if isinstance(value, str) else value

    def fit(self, records: Iterable[Record]) -> None:
        """Learn nothing: the vocabulary is the target's."""

    def encode(self, records: Sequence[Record]) -> Copies:
        """Numbers of every source and target, and the words that the vocabulary lacks."""
        sources, targets, words = [], [], []
        for record in records:
            unknown: dict[str | None, int] = {}
            source = self.source_pieces(self.value(record))
            sources.append([self.number(piece, unknown) for piece in source])
            # Words that only the target adds to `unknown` cannot be copied.
            listed = [str(self.separator) if piece is None else piece for piece in unknown]
            targets.append([self.number(p, unknown) for p in self.pieces(self.learnt(record))])
            words.append(listed)
        packed = {"sources": Ragged.pack(sources), "targets": Ragged.pack(targets)}
        return self.view({**packed, "words": pack_words(words)})

    def view(self, columns: Mapping[str, Flat]) -> Copies:
        parts = {name: cast(Ragged, column) for name, column in columns.items()}
        return Copies(**parts, unk_id=self.vocabulary.unk_id or 0)

    def number(self, piece: str | None, unknown: dict[str | None, int]) -> int:
        """The number of a word or character, or of the separator.

        Args:
            piece: the word or character; None for the separator.
            unknown: the unknown ones and their numbers; gains the piece if it is unknown.
        """
        if piece is None:
            known = self.vocabulary.specials.get(str(self.separator))
        else:
            known = self.vocabulary.index.get(piece)
        size = len(self.vocabulary)
        return unknown.setdefault(piece, size + len(unknown)) if known is None else known

    def collate(self, values: Sequence[Copy]) -> dict[str, Any]:
        """The numbers to copy by in a batch.

        Returns:
            ``<name>`` (batch, steps) int64, the number of each source word;
            ``<name>_target`` (batch, words) int64, the number of each target word that can be
            copied, ``<unk>`` for the others; and ``<name>_words``, each example's unknown words.
        """
        unk_id = self.vocabulary.unk_id or 0
        return {
            self.name: pad_sequences([value.source for value in values], self.vocabulary.pad_id),
            f"{self.name}_target": pad_sequences([value.target for value in values], unk_id),
            f"{self.name}_words": [value.words for value in values],
        }
