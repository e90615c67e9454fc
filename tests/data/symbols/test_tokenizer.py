"""Tokenizers that are learnt from counts, and numbers from tables, against `tokenizers`."""

from __future__ import annotations

import copy
import itertools
import pickle
import random

import numpy as np
import pytest
from tokenizers import AddedToken

from seqtasks.data.symbols import characters, counting, pieces, subwords, tokenizer, words
from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.errors import DataError
from tests.data.symbols.nasty import TEXTS, trained

LEVELS = ["word", "character", "bpe", "jieba"]
OPTIONS = {
    "plain": {},
    "lowercase": {"lowercase": True},
    "separators": {"separators": ["<sep>", "|"], "lowercase": True},
    "limits": {"min_count": 2, "max_size": 300},
    "few": {"max_size": 9, "separators": ["<sep>"]},
}


def smaller(monkeypatch, size):
    """Read texts in small pieces and batches."""
    monkeypatch.setattr(pieces.batches, "__defaults__", (size,))
    monkeypatch.setattr(characters, "_SLICE", size)
    for module, name in (
        (tokenizer, "_PIECE"),
        (subwords, "_BATCH"),
        (words, "SLICE"),
        (counting, "SLICE"),
    ):
        monkeypatch.setattr(module, name, size)
    monkeypatch.setattr(subwords, "_FEW", 0)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("level", LEVELS)
def test_what_is_learnt_is_what_the_trainers_learn(level, options, monkeypatch):
    texts = TEXTS
    expected = trained(texts, level, **options).to_str(pretty=True)
    assert Vocabulary.train(iter(texts), level=level, **options).to_json() == expected
    smaller(monkeypatch, 3)
    long = [" ".join(texts)]
    expected = trained(long, level, **options).to_str(pretty=True)
    assert Vocabulary.train(iter(long), level=level, **options).to_json() == expected


def given(vocabulary, text):
    """The tokenizer's numbers; it takes an unknown word for a special symbol that is spelled so."""
    specials = vocabulary.specials.values()
    numbers = vocabulary.tokenizer.encode(text).ids
    return [vocabulary.unk_id if number in specials else number for number in numbers]


@pytest.mark.parametrize("options", [*OPTIONS.values(), {"separators": ["<sep>", "<sep>b"]}])
@pytest.mark.parametrize("level", LEVELS)
def test_numbers_are_those_of_the_tokenizer(level, options, monkeypatch):
    smaller(monkeypatch, 3)
    vocabulary = Vocabulary.train(TEXTS[::2], level=level, **options)
    draw = random.Random(0)
    pairs = ["".join(draw.sample(TEXTS, 2)) for _ in range(50)]
    for read in (vocabulary, Vocabulary.from_json(vocabulary.to_json())):
        for chunk in (TEXTS, pairs, ["\n".join(pairs)], TEXTS[:3], TEXTS[3:4], []):
            expected = [given(read, text) for text in chunk]
            found = read.coder.encode(chunk)
            assert [row.tolist() for row in found] == expected
            assert found.values.dtype == np.dtype(read.number_type)


@pytest.mark.parametrize("level", ["word", "character"])
def test_a_vocabulary_that_went_on_keeps_its_numbers(level):
    old = Vocabulary.train(["a b"], level=level)
    new = Vocabulary.train(["c <sep> <unk> a é"], level=level, separators=["<sep>"])
    both = old.extended_by(new)
    assert both.symbols[: len(old)] == old.symbols
    assert both.specials == {**old.specials, "<sep>": len(old)}
    text = "b <sep> é<unk> <unk> <eos> c d"
    for read in (both, Vocabulary.from_json(both.to_json())):
        assert read.symbols == both.symbols
        assert read.coder.encode([text])[0].tolist() == given(read, text)
        assert not {*read.specials.values()} - {read.unk_id} & {*read.coder.encode([text])[0]}


@pytest.mark.parametrize("level", LEVELS)
def test_a_tokenizer_of_another_kind_is_asked_itself(level):
    vocabulary = Vocabulary.train(TEXTS, level=level, max_size=300)
    vocabulary.tokenizer.add_tokens([AddedToken("cat", lstrip=True, normalized=True)])
    read = Vocabulary.from_json(vocabulary.to_json())
    text = "the cat sat concat"
    assert read.coder.encode([text])[0].tolist() == read.tokenizer.encode(text).ids
    assert read.index["cat"] in read.coder.encode([text])[0]


def test_capitals_that_fold_to_the_name_of_a_special_symbol_are_words_like_others():
    vocabulary = Vocabulary.train(["<UNK> a", "B <Pad>"], lowercase=True)
    assert vocabulary.symbols == [*SPECIALS, "<pad>", "<unk>", "a", "b"]
    assert Vocabulary.from_json(vocabulary.to_json()).symbols == vocabulary.symbols


def test_a_surrogate_is_an_unknown_character():
    vocabulary = Vocabulary.train(["ab"], level="character")
    assert vocabulary.coder.encode(["a\ud800"])[0].tolist() == [4, 1]


@pytest.mark.parametrize("level", LEVELS)
def test_a_copy_reads_the_name_of_a_special_symbol_as_text_too(level):
    texts = ["a <sep> <unk> | x<eos>"]
    vocabulary = Vocabulary.train(texts, level=level, separators=["<sep>", "|"], max_size=290)
    [expected] = vocabulary.coder.encode(texts)
    assert not {*vocabulary.specials.values()} & {*expected.tolist()}
    for again in (copy.deepcopy(vocabulary), pickle.loads(pickle.dumps(vocabulary))):
        assert again.coder.encode(texts)[0].tolist() == expected.tolist()


def test_too_many_distinct_words_are_refused(monkeypatch):
    monkeypatch.setattr(counting, "MOST_SYMBOLS", 100)
    listed = [str(number) for number in range(101)]
    with pytest.raises(DataError, match=r"^level: .* more than 100 distinct .* level=bpe"):
        Vocabulary.train([" ".join(listed)])
    with pytest.raises(DataError, match="more than 100 distinct"):
        Vocabulary.count([listed])
    assert len(Vocabulary.count([listed[:100], listed[:100]])) == 100


@pytest.mark.parametrize("level", LEVELS)
def test_texts_are_counted_as_they_come(level, monkeypatch):
    smaller(monkeypatch, 100)
    alive = most = 0

    class Text(str):
        def __init__(self, value):
            nonlocal alive, most
            alive += 1
            most = max(most, alive)

        def __del__(self):
            nonlocal alive
            alive -= 1

    texts = (Text(f"w{number % 7} x") for number in range(2000))
    Vocabulary.train(texts, level=level, max_size=290)
    assert alive == 0
    assert most < 1000


def test_pieces_join_to_the_text():
    for one, other in itertools.product(TEXTS, repeat=2):
        text = f"{one} a b{other}"
        found = pieces.pieces(text, 5)
        assert "".join(found) == text
        assert len(found) > 1 or len(text) <= 5 + len(" a") + len(other)
