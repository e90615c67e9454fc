"""Vocabularies: the symbols of a field, their numbers, and the tokenizer that cuts text."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from numpy.typing import DTypeLike
from tokenizers import Tokenizer, decoders, models

from seqtasks.data.store.columns import number_type
from seqtasks.data.symbols.coders import coder_of
from seqtasks.data.symbols.contents import merges_of, symbols_of, with_symbols
from seqtasks.data.symbols.counting import count_symbols, ranked
from seqtasks.data.symbols.numbers import Coder
from seqtasks.data.symbols.tokenizer import learn_tokenizer
from seqtasks.data.symbols.tokenizer_file import tokenizer_of
from seqtasks.data.symbols.unspaced import are_characters, are_runs_whole, characters
from seqtasks.data.symbols.words import words_of
from seqtasks.errors import BundleError, first_line
from seqtasks.files import plain_json

PAD, UNK, BOS, EOS = SPECIALS = ("<pad>", "<unk>", "<bos>", "<eos>")
WAIT = "<wait>"
"""The label of a step at which a synchronous translation writes nothing."""

LEVELS = ("word", "character", "bpe", "jieba")


class Vocabulary:
    """A list of symbols; a symbol's number is its place in the list.

    Special symbols, such as ``<unk>``, are known by their numbers. No text holds them: a word or a
    label that is spelled ``<unk>`` is a symbol of its own, or unknown.

    Args:
        symbols: in order, each once; a special symbol may be spelled like one that is none.
        tokenizer: turns raw text into these symbols and back; None where the data gives symbols.
        specials: the numbers of the special symbols.

    Attributes:
        specials: name → number of each special symbol.
        index: symbol → number of all others.

    >>> vocabulary = Vocabulary.count([["a", "b", "b"], ["c", "b"]])
    >>> vocabulary.symbols
    ['b', 'a', 'c']
    >>> Vocabulary.count([["a", "b", "b"]], specials=SPECIALS).encode(["b", "z", "<pad>"])
    [4, 1, 1]
    """

    def __init__(
        self,
        symbols: Sequence[str],
        tokenizer: Tokenizer | None = None,
        *,
        specials: Iterable[int] = (),
    ) -> None:
        self.symbols = list(symbols)
        self.specials = {self.symbols[number]: number for number in specials}
        self.index = {symbol: number for number, symbol in enumerate(self.symbols)}
        if self.specials:
            found = {*self.specials.values()}
            self.index = {s: n for n, s in enumerate(self.symbols) if n not in found}
        self.tokenizer = tokenizer
        if tokenizer is not None:
            tokenizer.encode_special_tokens = True  # what is spelled like one in a text is none
        self.pad_id = self.specials.get(PAD, 0)
        self.unk_id = self.specials.get(UNK)
        self.bos_id = self.specials.get(BOS)
        self.eos_id = self.specials.get(EOS)

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
            specials: the names of special symbols, which come first.
            min_count: rarer symbols are left out.
            max_size: the largest number of symbols, specials included.

        Raises:
            DataError: there are more distinct symbols than are counted in memory.
        """
        counts = count_symbols(chain.from_iterable(sequences))
        symbols = ranked(counts, specials, min_count=min_count, max_size=max_size)
        return cls(symbols, specials=range(min(len(specials), len(symbols))))

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
            texts: raw strings, which are read once.
            level: ``word`` (split at white space), ``character``, ``bpe`` (byte-level byte-pair
                encoding, Sennrich et al. 2016), or ``jieba`` (texts that jieba has segmented:
                split at white space, and written without).
            lowercase: fold case first.
            min_count: rarer words, characters or merges are left out.
            max_size: the largest number of symbols, specials included; None is 8,000 for ``bpe``.
            separators: the names of further special symbols, which stand between texts.

        Raises:
            DataError: there are more distinct words than are counted in memory.

        >>> vocabulary = Vocabulary.train(["a <unk> <sep>"], separators=["<sep>"])
        >>> vocabulary.symbols[4:], vocabulary.specials["<sep>"]
        (['<sep>', '<sep>', '<unk>', 'a'], 4)
        """
        tokenizer = learn_tokenizer(
            texts,
            level,
            list(dict.fromkeys([*SPECIALS, *separators])),
            unk=UNK,
            lowercase=lowercase,
            min_count=min_count,
            max_size=max_size,
        )
        return cls.of(tokenizer)

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> Vocabulary:
        """The vocabulary that a tokenizer holds.

        Raises:
            ValueError: its numbers are not 0, 1, 2 and so on.
        """
        symbols, specials = symbols_of(tokenizer)
        return cls(symbols, tokenizer, specials=specials)

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: str) -> bool:
        """Whether a text may hold a symbol."""
        return symbol in self.index

    def encode(self, symbols: Iterable[str]) -> list[int]:
        """Numbers of the symbols of a text; unknown ones become ``<unk>``.

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
        """Turns raw texts into numbers, as the tokenizer does; no text holds a special symbol.

        >>> vocabulary = Vocabulary.train(["a b"])
        >>> [numbers.tolist() for numbers in vocabulary.coder.encode(["b c", "a <bos>"])]
        [[5, 1], [4, 1]]
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
        specials = self.specials.values()
        numbers = [number for number in numbers if number not in specials]
        copied = any(number >= len(self) for number in numbers)
        if self.tokenizer is not None and not copied:
            return str(self.tokenizer.decode(numbers, skip_special_tokens=False))
        symbols = [*self.symbols, *more] if copied else self.symbols
        return ("" if self.joins else " ").join(symbols[number] for number in numbers)

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
        return list(text) if self.joins else words_of(text)

    def cut(self, text: str) -> list[str]:
        """The symbols of a raw text where the data gave symbols one by one, without a tokenizer.

        They are characters where those of the data are characters of a script that is written
        without spaces; elsewhere they stand between white space.

        >>> Vocabulary(["我", "爱", "N"]).cut("我爱 N"), Vocabulary(["the", "dog"]).cut("the dog")
        (['我', '爱', 'N'], ['the', 'dog'])
        """
        by_character, whole_runs = self.script
        return characters(text, whole_runs) if by_character else words_of(text)

    @functools.cached_property
    def script(self) -> tuple[bool, bool]:
        """Whether symbols are characters of an unspaced script, and Latin runs stay whole."""
        symbols = list(self.index)
        return are_characters(symbols), are_runs_whole(symbols)

    @property
    def special_ids(self) -> tuple[int, ...]:
        """Numbers of ``<pad> <unk> <bos>``, which a model never has to produce."""
        return tuple(self.specials[s] for s in (PAD, UNK, BOS) if s in self.specials)

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
        return self.grown([], symbols)

    def grown(self, specials: Iterable[str], symbols: Iterable[str]) -> Vocabulary:
        """`with_symbols`, with more special symbols before them."""
        names = [name for name in dict.fromkeys(specials) if name not in self.specials]
        others = [symbol for symbol in dict.fromkeys(symbols) if symbol not in self.index]
        numbers = [*self.specials.values(), *range(len(self), len(self) + len(names))]
        listed = [*self.symbols, *names, *others]
        tokenizer = self.tokenizer
        if tokenizer is not None:
            tokenizer = with_symbols(tokenizer, listed, numbers)
        return Vocabulary(listed, tokenizer, specials=numbers)

    def extended_by(self, new: Vocabulary) -> Vocabulary:
        """A vocabulary that keeps the numbers of this one and adds the symbols that it lacks.

        A vocabulary of byte pairs gains special symbols alone: it spells every text, and other
        pairs would cut text in another way. The channels of a series, whose scale a model has
        learnt with, stay as they are.

        Args:
            new: fitted on other data in the same way; the result cuts text as ``new`` does.

        >>> Vocabulary(["b", "a"]).extended_by(Vocabulary(["c", "b"])).symbols
        ['b', 'a', 'c']
        """
        words = new.tokenizer is None or isinstance(new.tokenizer.model, models.WordLevel)
        if type(self) is not Vocabulary or not (words or new.specials.keys() - self.specials):
            return self
        if not words:
            return self.grown(new.specials, [])
        old = Vocabulary(self.symbols, new.tokenizer, specials=self.specials.values())
        return old.grown(new.specials, new.index)

    def to_json(self) -> str:
        """The vocabulary as JSON.

        It is a tokenizer in the format of `tokenizers`, a list of symbols, or an object with the
        ``symbols`` and the numbers of the ``specials`` among them, by name.
        """
        if self.tokenizer is not None:
            return str(self.tokenizer.to_str(pretty=True))
        listed = {"specials": self.specials, "symbols": self.symbols}
        return json.dumps(listed if self.specials else self.symbols, ensure_ascii=False, indent=0)

    @classmethod
    def from_json(cls, text: str) -> Vocabulary:
        """The inverse of `to_json`.

        Raises:
            BundleError: the text is neither a tokenizer nor a list of distinct strings.
        """
        try:
            content = plain_json.parsed(text)
            if isinstance(content, dict) and "symbols" not in content:
                return cls.of(tokenizer_of(text, content))
            listed = content if isinstance(content, dict) else {"specials": {}, "symbols": content}
            symbols, specials = strings(listed["symbols"]), listed["specials"]
            made = cls(symbols, specials=specials.values())
        except Exception as error:  # `tokenizers` raises plain Exception
            said = first_line(error)
            raise BundleError(f"not a vocabulary: {said}; copy the file again") from error
        if made.specials != specials or len(made.index) + len(specials) != len(symbols):
            raise BundleError("not a vocabulary: a list of distinct strings is expected")
        return made


def strings(content: Any) -> list[str]:
    """The content itself; a ValueError if it is no list of strings."""
    if not isinstance(content, list) or not all(isinstance(one, str) for one in content):
        raise ValueError("a list of distinct strings is expected")
    return content
