"""Words, which stand between white space."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from numpy.typing import DTypeLike

from seqtasks.data.store.ragged import Ragged
from seqtasks.data.symbols.folding import lowered
from seqtasks.data.symbols.numbers import look_up
from seqtasks.data.symbols.pieces import encode_pieces

SLICE = 1 << 15
"""Characters that are cut at once, few enough that their words stay in the processor's cache."""

NO_SPACE = ("\x1c", "\x1d", "\x1e", "\x1f")
"""What Python takes for white space, and Unicode's property White_Space leaves out."""

_SPACE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


def words_of(text: str) -> list[str]:
    r"""The words of a text, as ``tokenizers.pre_tokenizers.WhitespaceSplit`` cuts them.

    >>> words_of(" the cat\x1cs\n")
    ['the', 'cat\x1cs']
    """
    if any(mark in text for mark in NO_SPACE):
        return list(filter(None, _SPACE.split(text)))
    return text.split()


class WordCutter:
    """Cuts texts into words as ``tokenizers.pre_tokenizers.WhitespaceSplit`` does.

    Args:
        lowercase: fold case.

    >>> WordCutter(lowercase=True).cut(["A b<sep>C", ""])
    [['a', 'b<sep>c'], []]
    """

    def __init__(self, *, lowercase: bool) -> None:
        self.lowercase = lowercase

    def cut(self, texts: Sequence[str]) -> list[list[str]]:
        """The words of each text."""
        if self.lowercase:
            texts = [lowered(text) for text in texts]
        together = "\v".join(texts)
        if any(mark in together for mark in NO_SPACE):
            return list(map(words_of, texts))
        return [text.split() for text in texts]


class WordTable:
    """The numbers of words.

    Args:
        cutter: cuts the texts.
        index: symbol → number.
        unk_id: the number of all other words.
        dtype: of the numbers.
    """

    def __init__(
        self, cutter: WordCutter, index: Mapping[str, int], unk_id: int, dtype: DTypeLike
    ) -> None:
        self.cutter, self.index, self.unk_id, self.dtype = cutter, index, unk_id, dtype

    def encode(self, texts: Sequence[str]) -> Ragged:
        """The numbers of each text's words."""
        return encode_pieces(texts, self.encode_whole, SLICE, SLICE)

    def encode_whole(self, texts: Sequence[str]) -> Ragged:
        """The numbers of some texts, all at once."""
        return look_up(self.cutter.cut(texts), self.index, self.unk_id, self.dtype)
