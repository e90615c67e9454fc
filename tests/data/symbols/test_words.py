"""Words between white space, as `tokenizers` cuts them."""

from __future__ import annotations

from tokenizers import pre_tokenizers

from seqtasks.data.symbols.special_names import SpecialNames
from seqtasks.data.symbols.words import WordCutter
from tests.data.symbols.test_folding import EVERY


def test_white_space_is_that_of_tokenizers():
    split = pre_tokenizers.WhitespaceSplit()
    cutter = WordCutter(SpecialNames([]), lowercase=False)
    for start in range(0, len(EVERY), 5000):
        text = "x".join(EVERY[start : start + 5000])
        expected = [word for word, _ in split.pre_tokenize_str(text)]
        assert cutter.cut([text]) == [expected]
        other = [word for word, _ in split.pre_tokenize_str(f"\x1f{text}\x1c ")]
        assert cutter.cut([f"\x1f{text}\x1c "]) == [other]


def test_a_name_stands_alone_also_within_a_word_and_in_capitals_it_does_not():
    cutter = WordCutter(SpecialNames(["<unk>", " | "]), lowercase=True)
    assert cutter.cut(["A<unk>B c | D| e", "<UNK>"]) == [
        ["a", "<unk>", "b", "c", " | ", "d|", "e"],
        ["<unk>"],
    ]
