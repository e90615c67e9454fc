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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}",
        "[1]",
        '{"symbols": ["a"], "specials": {"b": 0}}',
        '["a", "a"]',
        '"a"',
        '{"model": 3}',
    ],
)
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


def test_a_separator_keeps_one_number_when_a_vocabulary_goes_on():
    old = Vocabulary.train(["a <sep>"])
    both = old.extended_by(Vocabulary.train(["c <sep> a"], separators=["<sep>"]))
    assert both.symbols == [*SPECIALS, "<sep>", "a", "<sep>", "c"]
    assert both.specials["<sep>"] == 6
    assert both.tokenizer.encode("a <sep> c").ids == [5, 4, 7]
    again = Vocabulary.from_json(both.to_json())
    assert (again.symbols, again.specials) == (both.symbols, both.specials)


def test_only_vocabularies_made_with_special_symbols_have_any():
    labels = Vocabulary(["a", "<unk>", "<pad>"])
    for read in (labels, Vocabulary.from_json(labels.to_json())):
        assert (read.pad_id, read.unk_id, read.eos_id) == (0, None, None)
        assert read.index == {"a": 0, "<unk>": 1, "<pad>": 2}
        assert read.decode([1, 2]) == "<unk> <pad>"
        with pytest.raises(KeyError):
            read.encode(["b"])


@pytest.mark.parametrize("name", SPECIALS)
def test_a_given_symbol_that_is_spelled_like_a_special_one_is_another(name):
    vocabulary = Vocabulary.count([["a", name, name]], specials=SPECIALS)
    assert vocabulary.symbols == [*SPECIALS, name, "a"]
    for read in (vocabulary, Vocabulary.from_json(vocabulary.to_json())):
        assert read.symbols == vocabulary.symbols
        assert read.encode([name, "a"]) == [4, 5]
        assert read.decode([2, 4, 5, 3]) == f"{name} a"
        assert read.specials == {special: n for n, special in enumerate(SPECIALS)}
    assert Vocabulary.count([["a"]], specials=SPECIALS).encode([name]) == [1]
