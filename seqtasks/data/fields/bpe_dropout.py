"""BPE-dropout: byte-pair encoding that leaves merges out at random."""

from __future__ import annotations

import itertools
from random import Random
from typing import Any

from seqtasks.data.vocabulary import Vocabulary


class MergeDropout:
    """Cuts a text into other subwords every time.

    Provilkov, Emelianenko and Voita 2020, algorithm 1: at every merge of a word each pair that
    could be merged is passed over with the given rate, and the best of the others is merged. The
    draws come from the given generator, which `tokenizers` does not allow.

    Args:
        vocabulary: a vocabulary of byte pairs.
        rate: in [0, 1); at 0 the text is cut as by the vocabulary's tokenizer.
    """

    def __init__(self, vocabulary: Vocabulary, rate: float) -> None:
        self.tokenizer: Any = vocabulary.tokenizer
        self.index, self.ranks, self.rate = vocabulary.index, vocabulary.merges, rate

    def encode(self, text: str, random: Random) -> list[int]:
        """Numbers of the subwords of a text."""
        pieces = (piece for word in self.words(text) for piece in self.cut(word, random))
        return [self.index[piece] for piece in pieces]

    def words(self, text: str) -> list[str]:
        """The pieces into which the tokenizer cuts a text before any merge."""
        if self.tokenizer.normalizer is not None:
            text = self.tokenizer.normalizer.normalize_str(text)
        return [word for word, _ in self.tokenizer.pre_tokenizer.pre_tokenize_str(text)]

    def cut(self, word: str, random: Random) -> list[str]:
        """The subwords of a word, given as characters that stand for bytes."""
        pieces = list(word)
        while len(pieces) > 1:
            found = [
                (self.ranks[pair], place)
                for place, pair in enumerate(itertools.pairwise(pieces))
                if pair in self.ranks and random.random() >= self.rate
            ]
            if not found:
                break
            _, place = min(found)
            pieces[place : place + 2] = ["".join(pieces[place : place + 2])]
        return pieces
