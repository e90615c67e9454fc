"""Words between white space, as `tokenizers` cuts them."""

from __future__ import annotations

from tokenizers import pre_tokenizers

from seqtasks.data.symbols.words import WordCutter
from tests.data.symbols.test_folding import EVERY


def test_white_space_is_that_of_tokenizers():
    split = pre_tokenizers.WhitespaceSplit()
    cutter = WordCutter(lowercase=False)
    for start in range(0, len(EVERY), 5000):
        text = "x".join(EVERY[start : start + 5000])
        expected = [word for word, _ in split.pre_tokenize_str(text)]
        assert cutter.cut([text]) == [expected]
        other = [word for word, _ in split.pre_tokenize_str(f"\x1f{text}\x1c ")]
        assert cutter.cut([f"\x1f{text}\x1c "]) == [other]


def test_the_name_of_a_special_symbol_is_a_word_or_part_of_one():
    cutter = WordCutter(lowercase=True)
    assert cutter.cut(["A<unk>B c<sep>", "<UNK>"]) == [["a<unk>b", "c<sep>"], ["<unk>"]]
