"""Vocabularies: the symbols of a field, their numbers, and the tokenizer that cuts text."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from itertools import chain

from numpy.typing import DTypeLike
from tokenizers import Tokenizer, decoders, models

from seqtasks.data.store.columns import number_type
from seqtasks.data.symbols.coders import coder_of
from seqtasks.data.symbols.contents import merges_of, symbols_of, with_symbols
from seqtasks.data.symbols.counting import count_symbols, ranked
from seqtasks.data.symbols.numbers import Coder
from seqtasks.data.symbols.tokenizer import learn_tokenizer
from seqtasks.data.symbols.unspaced import are_characters, are_runs_whole, characters
from seqtasks.errors import BundleError

PAD, UNK, BOS, EOS = SPECIALS = ("<pad>", "<unk>", "<bos>", "<eos>")
WAIT = "<wait>"
"""The label of a step at which a synchronous translation writes nothing."""

LEVELS = ("word", "character", "bpe", "jieba")


class Vocabulary:
    """A list of distinct symbols; a symbol's number is its place in the list.

    Args:
        symbols: in order; special symbols (``<pad> <unk> <bos> <eos>``), if any, come first.
        tokenizer: turns raw text into these symbols and back; None where the data gives symbols.

    >>> vocabulary = Vocabulary.count([["a", "b", "b"], ["c", "b"]])
    >>> vocabulary.symbols
    ['b', 'a', 'c']
    >>> Vocabulary.count([["a", "b", "b"]], specials=SPECIALS).encode(["b", "z"])
    [4, 1]
    """

    def __init__(self, symbols: Sequence[str], tokenizer: Tokenizer | None = None) -> None:
        self.symbols = list(symbols)
        self.index = {symbol: number for number, symbol in enumerate(self.symbols)}
        self.tokenizer = tokenizer
        self.pad_id = self.index.get(PAD, 0)
        self.unk_id = self.index.get(UNK)
        self.bos_id = self.index.get(BOS)
        self.eos_id = self.index.get(EOS)

    @classmethod
    def count(
        cls,
        sequences: Iterable[Iterable[str]],
        *,
        specials: Sequence[str] = (),
        min_count: int = 1,
        max_size: int | None = None,
    ) -> Vocabulary:
        """The distinct symbols of some sequences, the most frequent first, ties by symbol.

        Args:
            sequences: lists of symbols.
            specials: symbols that come first, whether they occur or not.
            min_count: rarer symbols are left out.
            max_size: the largest number of symbols, specials included.

        Raises:
            DataError: there are more distinct symbols than are counted in memory.
        """
        counts = count_symbols(chain.from_iterable(sequences))
        return cls(ranked(counts, specials, min_count=min_count, max_size=max_size))

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        *,
        level: str = "word",
        lowercase: bool = False,
        min_count: int = 1,
        max_size: int | None = None,
        separators: Sequence[str] = (),
    ) -> Vocabulary:
        """Learn a tokenizer and its symbols from raw texts.

        Args:
            texts: raw strings, which are read once; special symbols in them count as such.
            level: ``word`` (split at white space), ``character``, ``bpe`` (byte-level byte-pair
                encoding, Sennrich et al. 2016), or ``jieba`` (texts that jieba has segmented:
                split at white space, and written without).
            lowercase: fold case first.
            min_count: rarer words, characters or merges are left out.
            max_size: the largest number of symbols, specials included; None is 8,000 for ``bpe``.
            separators: further strings that stay whole symbols at every level.

        Raises:
            DataError: there are more distinct words than are counted in memory.

        >>> vocabulary = Vocabulary.train(["ab<sep><unk>"], level="character", separators=["<sep>"])
        >>> vocabulary.symbols[4:], vocabulary.tokenizer.encode("a<sep>").ids
        (['<sep>', 'a', 'b'], [5, 4])
        """
        tokenizer = learn_tokenizer(
            texts,
            level,
            [*SPECIALS, *separators],
            unk=UNK,
            lowercase=lowercase,
            min_count=min_count,
            max_size=max_size,
        )
        return cls(symbols_of(tokenizer), tokenizer)

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: str) -> bool:
        return symbol in self.index

    def encode(self, symbols: Iterable[str]) -> list[int]:
        """Numbers of given symbols; unknown ones become ``<unk>``.

        Raises:
            KeyError: a symbol is unknown and there is no ``<unk>``.
        """
        if self.unk_id is None:
            return [self.index[symbol] for symbol in symbols]
        return [self.index.get(symbol, self.unk_id) for symbol in symbols]

    @property
    def number_type(self) -> DTypeLike:
        """The smallest integer type for the numbers of the symbols."""
        return number_type(len(self))

    @functools.cached_property
    def coder(self) -> Coder:
        """Turns raw texts into the numbers that the tokenizer gives.

        >>> vocabulary = Vocabulary.train(["a b"])
        >>> [numbers.tolist() for numbers in vocabulary.coder.encode(["b c", "a<bos>"])]
        [[5, 1], [4, 2]]
        """
        assert self.tokenizer is not None
        return coder_of(self.tokenizer, self.index, self.unk_id)

    def decode(self, numbers: Iterable[int], more: Sequence[str] = ()) -> str:
        """The text of some numbers, without special symbols.

        Args:
            numbers: the symbols' numbers.
            more: copied words or characters, whose numbers follow those of the vocabulary.

        >>> Vocabulary.train(["ab c"]).decode([2, 4, 7, 6, 5, 3], ["x", "y"])
        'ab y x c'
        """
        numbers = list(numbers)
        copied = any(number >= len(self) for number in numbers)
        if self.tokenizer is not None and not copied:
            return str(self.tokenizer.decode(numbers, skip_special_tokens=True))
        symbols = [*self.symbols, *more] if copied else self.symbols
        specials = {PAD, BOS, EOS}
        joint = "" if self.joins else " "
        return joint.join(s for s in (symbols[n] for n in numbers) if s not in specials)

    @property
    def joins(self) -> bool:
        """Whether symbols are written without spaces between them."""
        return self.tokenizer is not None and isinstance(self.tokenizer.decoder, decoders.Fuse)

    def units(self, text: str) -> list[str]:
        """The units in which the errors of a text are counted: its words or its characters.

        Characters are counted where symbols are written without spaces between them.

        >>> Vocabulary.train(["ab"], level="character").units("ab"), Vocabulary(["ab"]).units("ab")
        (['a', 'b'], ['ab'])
        """
        return list(text) if self.joins else text.split()

    def cut(self, text: str) -> list[str]:
        """The symbols of a raw text where the data gave symbols one by one, without a tokenizer.

        They are characters where those of the data are characters of a script that is written
        without spaces; elsewhere they stand between white space.

        >>> Vocabulary(["我", "爱", "N"]).cut("我爱 N"), Vocabulary(["the", "dog"]).cut("the dog")
        (['我', '爱', 'N'], ['the', 'dog'])
        """
        by_character, whole_runs = self.script
        return characters(text, whole_runs) if by_character else text.split()

    @functools.cached_property
    def script(self) -> tuple[bool, bool]:
        """Whether symbols are characters of an unspaced script, and if Latin runs are whole."""
        symbols = [symbol for symbol in self.symbols if symbol not in SPECIALS]
        return are_characters(symbols), are_runs_whole(symbols)

    @property
    def special_ids(self) -> tuple[int, ...]:
        """Numbers of ``<pad> <unk> <bos>``, which a model never has to produce."""
        return tuple(self.index[s] for s in (PAD, UNK, BOS) if s in self.index)

    @functools.cached_property
    def merges(self) -> dict[tuple[str, str], int]:
        """The pairs of symbols that byte-pair encoding joins, each with its rank, the best 0."""
        assert self.tokenizer is not None
        return merges_of(self.tokenizer)

    def with_symbols(self, symbols: Iterable[str]) -> Vocabulary:
        """A vocabulary of whole words or characters with more symbols behind its own.

        >>> Vocabulary(["b", "a"]).with_symbols(["c", "b"]).symbols
        ['b', 'a', 'c']
        """
        listed = list(dict.fromkeys([*self.symbols, *symbols]))
        if self.tokenizer is None:
            return Vocabulary(listed)
        return Vocabulary(listed, with_symbols(self.tokenizer, listed))

    def extended_by(self, new: Vocabulary) -> Vocabulary:
        """A vocabulary that keeps the numbers of this one and adds the symbols that it lacks.

        A vocabulary of byte pairs stays as it is: it spells every text, and other pairs would cut
        text in another way. The channels of a series, whose scale a model has learnt with, also
        stay.

        Args:
            new: fitted on other data in the same way; the result cuts text as ``new`` does.

        >>> Vocabulary(["b", "a"]).extended_by(Vocabulary(["c", "b"])).symbols
        ['b', 'a', 'c']
        """
        words = new.tokenizer is None or isinstance(new.tokenizer.model, models.WordLevel)
        if type(self) is not Vocabulary or not words:
            return self
        return Vocabulary(self.symbols, new.tokenizer).with_symbols(new.symbols)

    def to_json(self) -> str:
        """The vocabulary as JSON: a tokenizer in the format of `tokenizers`, or a list."""
        if self.tokenizer is not None:
            return str(self.tokenizer.to_str(pretty=True))
        return json.dumps(self.symbols, ensure_ascii=False, indent=0)

    @classmethod
    def from_json(cls, text: str) -> Vocabulary:
        """The inverse of `to_json`.

        Raises:
            BundleError: the text is neither a tokenizer nor a list of distinct strings.
        """
        try:
            content = json.loads(text)
            if isinstance(content, dict):
                tokenizer = Tokenizer.from_str(text)
                return cls(symbols_of(tokenizer), tokenizer)
        except Exception as error:  # `tokenizers` raises plain Exception
            raise BundleError(f"not a vocabulary: {error}") from error
        strings = isinstance(content, list) and all(isinstance(s, str) for s in content)
        if not strings or len(set(content)) != len(content):
            raise BundleError("not a vocabulary: a list of distinct strings is expected")
        return cls(content)
