from __future__ import annotations

import pytest

from seqtasks.data.fields import TokenField
from seqtasks.data.record import Record
from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.errors import BundleError, UsageError


def test_order_is_by_count_then_symbol():
    vocabulary = Vocabulary.count([["b", "a", "c"], ["c", "b"], ["d"]])
    assert vocabulary.symbols == ["b", "c", "a", "d"]


@pytest.mark.parametrize("level", ["word", "character"])
def test_trained_order_is_by_count_then_symbol(level):
    vocabulary = Vocabulary.train(["b a c c b d"], level=level)
    expected = ["b", "c", "a", "d"] if level == "word" else [" ", "b", "c", "a", "d"]
    assert vocabulary.symbols == [*SPECIALS, *expected]


def test_limits_count_the_specials_and_leave_out_the_rare():
    words = [["x"] * 5 + ["y"] * 3 + ["z"]]
    assert Vocabulary.count(words, specials=SPECIALS, max_size=5).symbols == [*SPECIALS, "x"]
    assert Vocabulary.count(words, min_count=3).symbols == ["x", "y"]
    trained = Vocabulary.train(["x x x y y z"], max_size=5)
    assert trained.symbols == [*SPECIALS, "x"]
    assert Vocabulary.train(["x x x y y z"], min_count=2).symbols == [*SPECIALS, "x", "y"]


def test_unknown_symbols():
    vocabulary = Vocabulary.count([["a", "b"]], specials=SPECIALS)
    assert vocabulary.encode(["a", "?"]) == [4, vocabulary.unk_id]
    with pytest.raises(KeyError):
        Vocabulary.count([["a"]]).encode(["?"])


@pytest.mark.parametrize("level", ["word", "character", "bpe"])
@pytest.mark.parametrize("text", ["the cat sat", "Straße,  naïve\tcafé", "机器学习 is 好"])
def test_text_comes_back(level, text):
    vocabulary = Vocabulary.train([text, text], level=level, max_size=400)
    numbers = vocabulary.tokenizer.encode(text).ids
    expected = " ".join(text.split()) if level == "word" else text
    assert vocabulary.decode(numbers) == expected


def test_characters_keep_line_breaks_and_spaces():
    vocabulary = Vocabulary.train(["a\n b"], level="character")
    assert set(vocabulary.symbols) == {*SPECIALS, "a", "\n", " ", "b"}


def test_bpe_knows_every_byte():
    vocabulary = Vocabulary.train(["abc abc abd"] * 3, level="bpe", max_size=300)
    assert vocabulary.decode(vocabulary.tokenizer.encode("zß機").ids) == "zß機"


def test_lowercase_folds_case():
    vocabulary = Vocabulary.train(["The THE the"], lowercase=True)
    assert vocabulary.symbols == [*SPECIALS, "the"]


def test_an_unknown_level_is_refused_by_name():
    with pytest.raises(UsageError, match="Did you mean 'character'"):
        TokenField(level="charater")


@pytest.mark.parametrize("level", ["word", "character", "bpe"])
def test_json_keeps_numbers_and_tokenization(level):
    text = "to be or not to be"
    vocabulary = Vocabulary.train([text], level=level, max_size=290)
    again = Vocabulary.from_json(vocabulary.to_json())
    assert again.symbols == vocabulary.symbols
    assert again.tokenizer.encode("not two").ids == vocabulary.tokenizer.encode("not two").ids


def test_a_plain_list_as_json():
    vocabulary = Vocabulary.count([["B-ä", "O"]])
    assert Vocabulary.from_json(vocabulary.to_json()).symbols == vocabulary.symbols


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", '["a", "a"]', '"a"', '{"model": 3}'])
def test_damaged_json_is_refused(text):
    with pytest.raises(BundleError, match="not a vocabulary"):
        Vocabulary.from_json(text)


def test_chinese_by_character_or_by_word():
    pytest.importorskip("jieba")
    text = "我来到北京清华大学"
    fields = {level: TokenField(level=level) for level in ("character", "jieba")}
    symbols = {}
    for level, field in fields.items():
        field.name = "tokens"
        records = [Record({"tokens": text})]
        field.fit(records)
        [numbers] = field.encode(records)
        symbols[level] = [field.vocabulary.symbols[n] for n in numbers]
        assert field.vocabulary.decode(numbers) == text
    assert symbols == {"character": list(text), "jieba": ["我", "来到", "北京", "清华大学"]}


@pytest.mark.parametrize("level", ["word", "character", "bpe"])
def test_special_symbols_in_the_text_have_one_number_each(level):
    vocabulary = Vocabulary.train(["a <unk> b <eos> a"] * 2, level=level)
    assert vocabulary.symbols[:4] == list(SPECIALS)
    tokenizer = vocabulary.tokenizer
    assert [tokenizer.token_to_id(symbol) for symbol in vocabulary.symbols] == list(
        range(len(vocabulary))
    )
    assert 3 in tokenizer.encode("a <eos>").ids


def test_a_separator_keeps_one_number_when_a_vocabulary_goes_on():
    old = Vocabulary.train(["a b"])
    new = Vocabulary.train(["c<sep>a"], separators=["<sep>"])
    both = old.extended_by(new)
    assert both.symbols == [*SPECIALS, "a", "b", "<sep>", "c"]
    assert both.tokenizer.encode("a<sep>c").ids == [4, 6, 7]
    assert Vocabulary.from_json(both.to_json()).symbols == both.symbols
