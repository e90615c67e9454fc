"""Text, or given symbols, as a sequence of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.batching.batch import lengths_of
from seqtasks.data.columns import Column, distinct
from seqtasks.data.extension import joined
from seqtasks.data.fields.bpe_dropout import MergeDropout
from seqtasks.data.fields.field import Field, check_varied
from seqtasks.data.fields.segmentation import segmented
from seqtasks.data.record import Record
from seqtasks.data.store.ragged import Ragged, pad, sizes
from seqtasks.data.vocabulary import LEVELS, SPECIALS, Vocabulary
from seqtasks.data.word_vectors import vector_words
from seqtasks.errors import DataError, UsageError, check_rate, nearest


class TokenField(Field):
    """A sequence of words, characters or subwords.

    A raw text is cut by ``level``; a list of symbols, as from a CoNLL file, is taken as it is.
    Tabs divide a raw text into several where ``separator`` or ``references`` says what those are;
    the texts of several columns come with tabs between them, and so does raw text to predict on.

    Args:
        column: where the reader finds it, or a list of columns; one that is named twice stands in
            both places, and comes once.
        level: ``word``, ``character``, ``bpe``, or ``jieba`` for the words of Chinese text.
        lowercase: fold case.
        min_count: rarer symbols become ``<unk>``.
        max_size: symbols to keep at most, the special ones included.
        bos: put ``<bos>`` in front.
        eos: put ``<eos>`` behind.
        max_length: tokens that one sequence may have; None for no limit.
        truncate: cut longer sequences instead of refusing them.
        keep_text: batches also hold the text of each example, for scores that compare texts: a
            list, of several references where there are some.
        separator: a symbol of its own, such as ``<sep>``, that joins several texts into one.
        references: several texts are all right; the first is learnt, and scores take them all.
        bpe_dropout: in training, the share of merges of byte pairs that are passed over, so that
            a word is met in other subwords every time (`MergeDropout`); of ``level=bpe``.
        words: a file of word vectors whose words join the vocabulary, so that those without a
            training example are known by their vectors; None for none. Fitting alone reads it.
        like: the field of tokens with which it shares one vocabulary, fitted on the texts of
            both; None for one of its own.

    Raises:
        UsageError: there is no such level, several columns are given without saying what they
            are, ``bpe_dropout`` is out of range or goes with another level, or ``words`` goes with
            byte pairs.
    """

    several = True

    def __init__(
        self,
        column: Column = None,
        *,
        level: str = "word",
        lowercase: bool = False,
        min_count: int = 1,
        max_size: int | None = None,
        bos: bool = False,
        eos: bool = False,
        max_length: int | None = None,
        truncate: bool = False,
        keep_text: bool = False,
        separator: str | None = None,
        references: bool = False,
        bpe_dropout: float = 0.0,
        words: str | None = None,
        like: str | None = None,
    ) -> None:
        super().__init__(column)
        if isinstance(column, list) and bool(separator) == references:
            raise UsageError(
                f"column={column}: say what several columns are: separator=<sep> joins them by a "
                "symbol, references=true takes each for a right answer"
            )
        self.separator, self.references = separator, references
        if level not in LEVELS:
            raise UsageError(
                f"level: there is no '{level}';{nearest(level, LEVELS)} "
                f"The levels are {', '.join(LEVELS)}."
            )
        self.level, self.lowercase = level, lowercase
        self.min_count, self.max_size = min_count, max_size
        self.bos, self.eos = bos, eos
        self.max_length, self.truncate = max_length, truncate
        self.bpe_dropout = check_rate("bpe_dropout", bpe_dropout)
        if bpe_dropout and level != "bpe":
            raise UsageError(f"bpe_dropout={bpe_dropout} goes with level=bpe, not level={level}")
        self.varies = bpe_dropout > 0
        if words is not None and level == "bpe":
            raise UsageError(
                f"words={words} goes with whole words: byte pairs spell every word, so that none "
                "joins them; set it to null, or the level to word"
            )
        self.keep_text, self.words, self.like = keep_text, words, like

    def fit(self, records: Iterable[Record], alike: Sequence[TokenField] = ()) -> None:
        """Learn the vocabulary; from raw texts also the tokenizer.

        Args:
            records: the training examples.
            alike: fields that share it, whose texts count as this one's do.
        """
        fields, records = (self, *alike), list(records)
        limits: dict[str, Any] = {"min_count": self.min_count, "max_size": self.max_size}
        separators = sorted({field.separator for field in fields if field.separator})
        if all(isinstance(f.value(record), list) for f in fields for record in records):
            if self.level != "word":
                raise UsageError(
                    f"data.{self.name}.level={self.level}: the data gives its tokens one by one, "
                    "which are taken as they are; leave the level at word"
                )
            sequences = (f.fold(f.value(record)) for f in fields for record in records)
            self.vocabulary = Vocabulary.count(sequences, specials=SPECIALS, **limits)
        else:
            self.vocabulary = Vocabulary.train(
                (f.joined(record) for f in fields for record in records),
                level=self.level,
                lowercase=self.lowercase,
                separators=separators,
                **limits,
            )
        check_varied(self, len({*self.vocabulary.symbols} - {*SPECIALS, *separators}), "tokens")
        if self.words is not None:
            words = list(vector_words(self.words))
            # In lower case another word may be meant than the one that the vector is of.
            known = [w for w, folded in zip(words, self.fold(words), strict=True) if w == folded]
            self.vocabulary = joined(self.vocabulary, known)

    def fold(self, symbols: Sequence[str]) -> list[str]:
        """Given symbols, lower-cased if asked."""
        return [symbol.lower() for symbol in symbols] if self.lowercase else list(symbols)

    @property
    def parts(self) -> list[str | int]:
        """The columns whose texts it joins, each once; none where it is fed by one."""
        joined = self.separator and isinstance(self.column, list)
        return distinct(self.column) if joined else []  # type: ignore[arg-type]

    def texts(self, record: Record) -> list[str]:
        """The record's raw texts, one unless tabs mean something; given symbols joined by spaces.

        Raises:
            DataError: one of several is empty, or they are not as many as the columns.
        """
        value = self.value(record)
        if not isinstance(value, str):
            return [" ".join(value)]
        if not (self.separator or self.references):
            return [value]
        texts = value.split("\t")
        if parts := self.parts:
            if len(texts) != len(parts):
                raise DataError(
                    f"{len(texts)} text(s) in '{self.name}', {len(parts)} expected "
                    f"with a tab between them: {', '.join(map(str, parts))}",
                    where=record.place,
                )
            texts = [texts[parts.index(column)] for column in self.column]  # type: ignore[union-attr]
        if len(texts) > 1 and not all(text.strip() for text in texts):
            raise DataError(
                f"an empty text between the tabs of '{self.name}'; write it, or remove the line",
                where=record.place,
            )
        return texts

    def learnt(self, record: Record) -> list[str]:
        """The record's texts that are learnt from: of several references the first."""
        texts = self.texts(record)
        return texts[:1] if self.references else texts

    def text(self, record: Record) -> str:
        """The record's raw text, several joined."""
        return f" {self.separator} ".join(self.learnt(record))

    def prepared(self, text: str) -> str:
        """A raw text as the tokenizer takes it."""
        return segmented(text) if self.level == "jieba" else text

    def joined(self, record: Record) -> str:
        """The record's text as the tokenizer takes it, several joined."""
        return (self.separator or "").join(map(self.prepared, self.learnt(record)))

    def written(self, record: Record) -> list[str]:
        """The record's text as a model would write it; every one of several references."""
        texts = self.texts(record)
        texts = texts if self.references else [" ".join(texts)]
        texts = [text.lower() if self.lowercase else text for text in texts]
        return [" ".join(text.split()) if self.level == "word" else text for text in texts]

    def encode(self, records: Sequence[Record]) -> Ragged:
        """Numbers of every sequence, with ``<bos>`` and ``<eos>`` as asked."""
        return Ragged.pack(self.numbers(records))

    def vary(self, records: Sequence[Record], random: Random) -> list[Any]:
        """Numbers of some sequences in subwords drawn at random; of the given ``bpe_dropout``.

        A sequence that is thereby longer than ``max_length`` stays as it is.
        """
        merges, limit = MergeDropout(self.vocabulary, self.bpe_dropout), self.max_length
        drawn = [merges.encode(self.joined(record), random) for record in records]
        found = [
            self.bounded([numbers], [record])[0]
            if limit is None or len(numbers) <= limit
            else self.numbers([record])[0]
            for numbers, record in zip(drawn, records, strict=True)
        ]
        return list(Ragged.pack(found))

    def numbers(self, records: Sequence[Record]) -> list[list[int]]:
        """One list of numbers a record."""
        vocabulary = self.vocabulary
        tokenizer = vocabulary.tokenizer
        if tokenizer is None:
            encoded = [vocabulary.encode(self.fold(self.symbols(record))) for record in records]
        else:
            texts = [self.joined(record) for record in records]
            encoded = [encoding.ids for encoding in tokenizer.encode_batch_fast(texts)]
        return self.bounded(encoded, records)

    def bounded(self, encoded: list[list[int]], records: Sequence[Record]) -> list[list[int]]:
        """Numbers of tokens, not too many, between ``<bos>`` and ``<eos>`` as asked."""
        front = [self.vocabulary.index["<bos>"]] if self.bos else []
        back = [self.vocabulary.index["<eos>"]] if self.eos else []
        return [
            front + self.checked(numbers, record) + back
            for numbers, record in zip(encoded, records, strict=True)
        ]

    def symbols(self, record: Record) -> list[str]:
        """The record's symbols, a raw text split at white space."""
        value = self.value(record)
        return value.split() if isinstance(value, str) else value

    def checked(self, numbers: list[int], record: Record) -> list[int]:
        """The numbers if there are any and not too many.

        Raises:
            DataError: the sequence is empty, or longer than ``max_length``.
        """
        if not numbers:
            raise DataError(
                f"an empty sentence in '{self.name}'; remove the line", where=record.place
            )
        if self.max_length is not None and len(numbers) > self.max_length:
            if not self.truncate:
                raise DataError(
                    f"'{self.name}' has {len(numbers):,} tokens, more than "
                    f"data.{self.name}.max_length={self.max_length}; split the line, raise the "
                    f"limit, or set data.{self.name}.truncate=true",
                    where=record.place,
                )
            return numbers[: self.max_length]
        return numbers

    def collate(self, values: Sequence[NDArray[np.int32]]) -> dict[str, Any]:
        """``<name>`` (batch, time) int64 and its lengths (batch,) int64."""
        padded = pad(values, self.vocabulary.pad_id)
        return {self.name: padded, lengths_of(self.name): sizes(values)}
