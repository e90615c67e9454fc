"""Fields of text: sequences of words, characters or subwords."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from itertools import chain
from random import Random
from typing import Any

from numpy.typing import NDArray

from seqtasks.data.batch import lengths_of
from seqtasks.data.fields.bounds import Bounds
from seqtasks.data.fields.bpe_dropout import MergeDropout
from seqtasks.data.fields.columns import Column, distinct, in_reading_order
from seqtasks.data.fields.field import Field, check_varied
from seqtasks.data.fields.segmentation import segmented
from seqtasks.data.fields.values import values_of
from seqtasks.data.record import Record
from seqtasks.data.store.ragged import Ragged, pad_sequences, sequence_lengths
from seqtasks.data.symbols.folding import folded, lowered
from seqtasks.data.symbols.joints import put_between
from seqtasks.data.symbols.numbers import look_up
from seqtasks.data.symbols.unspaced import are_sentences
from seqtasks.data.symbols.words import words_of
from seqtasks.data.vocabulary import LEVELS, SPECIALS, UNK, Vocabulary
from seqtasks.data.word_vectors import vector_words
from seqtasks.errors import RecordError, UsageError, check_choice, check_rate, located

_log = logging.getLogger(__name__)


class _RawText(Exception):
    """A record holds a text that is still to be cut."""


class TokenField(Field):
    """A sequence of words, characters or subwords.

    A raw text is cut by ``level``; a list of symbols, as from a CoNLL file, is taken as it is.
    Where ``separator`` or ``references`` is given, tabs divide a raw text into several, and the
    texts of several columns are joined by tabs.

    Args:
        column: where the reader finds the field, or a list of columns, of which one may be named
            several times.
        level: ``word``, ``character``, ``bpe``, or ``jieba`` for the words of Chinese text.
        lowercase: fold case.
        min_count: rarer symbols become ``<unk>``.
        max_size: the largest number of symbols, special ones included.
        bos: put ``<bos>`` in front.
        eos: put ``<eos>`` behind.
        max_length: the largest number of tokens in a sequence; None for no limit.
        truncate: cut longer sequences instead of refusing them.
        keep_text: batches also hold the texts of each example, a list with every reference, for
            scores that compare texts.
        separator: the name of a special symbol, such as ``<sep>``, that joins several texts into
            one, without white space around it.
        references: whether several texts are all right answers; the model learns the first, and
            scores count all of them.
        bpe_dropout: in training, the share of byte-pair merges that are left out at random, so
            that a word occurs in other subwords every time (`MergeDropout`); for ``level=bpe``.
        words: a file of word vectors whose words join the vocabulary when it is fitted, so that
            words without a training example are known by their vectors; None for none.
        share_vocabulary_with: the field of tokens whose vocabulary this field takes, fitted on
            the texts of both; None for one of its own.

    Raises:
        UsageError: there is no such level, several columns are given without saying what they
            are, ``bpe_dropout`` is out of range or goes with another level, or ``words`` goes with
            byte pairs.
    """

    several = True
    specials = SPECIALS

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
        share_vocabulary_with: str | None = None,
    ) -> None:
        super().__init__(column)
        if isinstance(column, list) and bool(separator) == references:
            raise UsageError(
                f"say what the columns {column} are: separator=<sep> joins them by a symbol, "
                "references=true takes each as a right answer",
                option="column",
            )
        self.separator = separator.strip() if separator else None
        self.references = references
        self.level, self.lowercase = check_choice("level", level, LEVELS), lowercase
        self.min_count, self.max_size = min_count, max_size
        self.bos, self.eos = bos, eos
        self.max_length, self.truncate = max_length, truncate
        self.bpe_dropout = check_rate("bpe_dropout", bpe_dropout)
        if bpe_dropout and level != "bpe":
            raise UsageError(
                f"{bpe_dropout} goes with level=bpe, not level={level}", option="bpe_dropout"
            )
        self.varies = bpe_dropout > 0
        if words is not None and level == "bpe":
            raise UsageError(
                f"{words} goes with whole words, and byte pairs spell every word already; set it "
                "to null, or the level to word",
                option="words",
            )
        self.keep_text, self.words = keep_text, words
        self.share_vocabulary_with = share_vocabulary_with

    @property
    def files(self) -> list[str]:
        return [] if self.words is None else [self.words]

    def fit(self, records: Iterable[Record], alike: Sequence[TokenField] = ()) -> None:
        """Learn the vocabulary; from raw texts also the tokenizer.

        Args:
            records: the training examples, read anew each time that they are iterated over.
            alike: fields that share it, whose texts count as this one's do.
        """
        fields = (self, *alike)
        limits: dict[str, Any] = {"min_count": self.min_count, "max_size": self.max_size}
        separators = sorted({field.separator for field in fields if field.separator})
        try:
            sequences = (f.given(record) for f in fields for record in records)
            with located(self.name):
                self.vocabulary = Vocabulary.count(sequences, specials=SPECIALS, **limits)
        except _RawText:
            found = (values_of(field.prepared, records) for field in fields)
            texts = chain.from_iterable(chain.from_iterable(found))
            with located(self.name):
                self.vocabulary = Vocabulary.train(
                    texts,
                    level=self.level,
                    lowercase=self.lowercase,
                    separators=separators,
                    **limits,
                )
            note_sentences(self)
        else:
            if self.level != "word":
                raise UsageError(
                    f"{self.level} does not fit: the data gives its tokens one by one, which are "
                    "taken as they are; leave the level at word",
                    option=f"{self.name}.level",
                )
        check_varied(self, len(self.vocabulary.index), "tokens")
        if self.words is not None:
            words = list(vector_words(self.words))
            # A word that changes in lower case may mean something else than the vector's word, and
            # a file of vectors means unknown words by <unk>.
            known = [
                word
                for word, lower in zip(words, self.fold(words), strict=True)
                if word == lower and word != UNK
            ]
            self.vocabulary = self.vocabulary.with_symbols(known)

    def given(self, record: Record) -> list[str]:
        """The record's tokens where the data gives them one by one; else `_RawText` is raised."""
        value = self.value(record)
        if isinstance(value, str):
            raise _RawText
        return self.fold(value)

    def tokens(self, record: Record) -> list[str]:
        """The record's tokens where the data gave them one by one; a raw text is cut alike."""
        value = self.value(record)
        return self.vocabulary.cut(value) if isinstance(value, str) else value

    def fold(self, symbols: Sequence[str]) -> list[str]:
        """Given symbols, lower-cased if asked."""
        return folded(symbols) if self.lowercase else list(symbols)

    @property
    def parts(self) -> list[str | int]:
        """The columns whose texts are joined, each once; empty where there is a single column."""
        joined = self.separator and isinstance(self.column, list)
        return distinct(self.column) if joined else []  # type: ignore[arg-type]

    def texts(self, record: Record) -> list[str]:
        """The record's raw texts; symbols that are given one by one are joined by spaces.

        Raises:
            RecordError: one of several texts is empty, or their number is not that of the columns.
        """
        value = self.value(record)
        if not isinstance(value, str):
            return [" ".join(value)]
        if not (self.separator or self.references):
            return [value]
        texts = value.split("\t")
        if parts := self.parts:
            if len(texts) != len(parts):
                raise RecordError(
                    f"{len(texts)} text(s) in '{self.name}', {len(parts)} expected "
                    f"with a tab between them: {', '.join(map(str, parts))}",
                    where=record.place,
                )
            texts = in_reading_order(texts, self.column)  # type: ignore[arg-type]
        if len(texts) > 1 and not all(text.strip() for text in texts):
            raise RecordError(
                f"an empty text between the tabs of '{self.name}'; write it, or remove the line",
                where=record.place,
            )
        return texts

    def learnt(self, record: Record) -> list[str]:
        """The record's texts that a model learns from: of several references the first."""
        texts = self.texts(record)
        return texts[:1] if self.references else texts

    def text(self, record: Record) -> str:
        """The record's raw texts, joined, for a person."""
        return f" {self.separator} ".join(self.learnt(record))

    def cuttable(self, text: str) -> str:
        """A raw text in the form that the tokenizer expects."""
        return segmented(text) if self.level == "jieba" else text

    def prepared(self, record: Record) -> list[str]:
        """The record's texts that a model learns from, in the form that the tokenizer expects."""
        return list(map(self.cuttable, self.learnt(record)))

    def written(self, record: Record) -> list[str]:
        """The record's text, or all its references, in the form in which a model would write it."""
        texts = self.texts(record)
        texts = texts if self.references else [" ".join(texts)]
        texts = [lowered(text) if self.lowercase else text for text in texts]
        return [" ".join(words_of(text)) if self.level == "word" else text for text in texts]

    def encode(self, records: Sequence[Record]) -> Ragged:
        """Numbers of every sequence, with ``<bos>`` and ``<eos>`` as asked.

        Raises:
            DataError: a sequence is empty, or longer than ``max_length``.
        """
        vocabulary = self.vocabulary
        if vocabulary.tokenizer is None:
            rows = [self.fold(self.tokens(record)) for record in records]
            found = look_up(rows, vocabulary.index, vocabulary.unk_id, vocabulary.number_type)
        else:
            texts: list[str] = []
            ends: list[int] = []
            for record in records:
                texts += self.prepared(record)
                ends.append(len(texts))
            found = vocabulary.coder.encode(texts)
            if len(texts) > len(records):
                found = put_between(found, ends, vocabulary.specials[str(self.separator)])
        return self.bounds.put(found, records)

    def vary(self, records: Sequence[Record], random: Random) -> list[Any]:
        """Numbers of some sequences in subwords drawn at random.

        A sequence that would become longer than ``max_length`` keeps its usual subwords.
        """
        merges, limit = MergeDropout(self.vocabulary, self.bpe_dropout), self.max_length
        drawn = [self.drawn(merges, self.prepared(record), random) for record in records]
        found: list[Any] = []
        for numbers, record in zip(drawn, records, strict=True):
            if limit is None or len(numbers) <= limit:
                packed = Ragged.pack([numbers], self.vocabulary.number_type)
                found += self.bounds.put(packed, [record])
            else:
                found += self.encode([record])
        return found

    def drawn(self, merges: MergeDropout, texts: Sequence[str], random: Random) -> list[int]:
        """Numbers of some texts in subwords drawn at random, joined."""
        first, *rest = (merges.encode(text, random) for text in texts)
        for numbers in rest:
            first += [self.vocabulary.specials[str(self.separator)], *numbers]
        return first

    @property
    def bounds(self) -> Bounds:
        """What is asked of the sequences."""
        vocabulary = self.vocabulary
        return Bounds(
            self.name,
            vocabulary.bos_id if self.bos else None,
            vocabulary.eos_id if self.eos else None,
            self.max_length,
            self.truncate,
        )

    def collate(self, values: Sequence[NDArray[Any]]) -> dict[str, Any]:
        """``<name>`` (batch, time) int64 and its lengths (batch,) int64."""
        padded = pad_sequences(values, self.vocabulary.pad_id)
        return {self.name: padded, lengths_of(self.name): sequence_lengths(values)}


def note_sentences(field: TokenField) -> None:
    """Log that the words of a field are whole sentences of a script without spaces."""
    if field.level == "word" and are_sentences([*field.vocabulary.index]):
        _log.warning(
            "The field '%s' is cut into words at white space, but its text has none between words: "
            "whole sentences are learnt as words. data.%s.level=character reads characters, "
            "data.%s.level=jieba Chinese words",
            *[field.name] * 3,
        )
