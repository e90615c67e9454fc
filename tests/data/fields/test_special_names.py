"""What is spelled like a special symbol in a text is text, at every level."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import (
    CharacterField,
    CopyField,
    LabelField,
    SynchronousField,
    TagField,
    TokenField,
)
from seqtasks.data.fields.fitting import fit
from seqtasks.data.record import Record
from seqtasks.data.vocabulary import SPECIALS, UNK, WAIT
from seqtasks.decoding import text_tokens

NAMES = [*SPECIALS, "<sep>", WAIT]
PLACES = {"alone": "{}", "glued": "the cat{}s see", "start": "{} the cat", "end": "the cat {}"}
LEVELS = ["word", "character", "bpe"]


def made(field, *values, name="tokens"):
    """A field that is fitted to some values."""
    field.name = name
    field.fit(records(*values, name=name))
    return field


def records(*values, name="tokens"):
    return [Record({name: value}, "f", n) for n, value in enumerate(values, 1)]


@pytest.mark.parametrize("lowercase", [False, True])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("level", LEVELS)
def test_a_name_that_training_shows_is_read_and_written_as_text(level, name, lowercase):
    texts = [place.format(name) for place in PLACES.values()]
    given = [text.upper() for text in texts] if lowercase else texts
    options = {"level": level, "lowercase": lowercase, "separator": "<sep>", "max_size": 300}
    field = made(TokenField(bos=True, eos=True, **options), *given)
    vocabulary = field.vocabulary
    specials = {*vocabulary.specials.values()}
    for row, text in zip(field.encode(records(*given)), texts, strict=True):
        first, *inner, last = row.tolist()
        assert (first, last) == (vocabulary.bos_id, vocabulary.eos_id)
        assert not specials & {*inner}
        assert vocabulary.decode(row.tolist()) == text
        unknown = {}
        assert list(text_tokens(field, text, unknown)) == [first, *inner]
        assert not unknown


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("level", LEVELS)
def test_a_name_that_training_never_shows_is_unknown_or_spelled(level, name):
    options = {"level": level, "separator": "<sep>", "max_size": 300}
    field = made(TokenField(**options), "the cat sees", "cats see")
    vocabulary = field.vocabulary
    for place in PLACES.values():
        text = place.format(name)
        [row] = field.encode(records(text))
        assert {*row.tolist()} & {*vocabulary.specials.values()} <= {vocabulary.unk_id}
        if level == "bpe":
            assert vocabulary.decode(row.tolist()) == text
        else:
            assert len(row) == len(text.split() if level == "word" else text)
        unknown = {}
        assert list(text_tokens(field, text, unknown)) == row.tolist()
        assert any(name in symbol for symbol in unknown) is (level == "word")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("level", LEVELS)
def test_only_the_joint_of_several_texts_is_the_separator(level, name):
    options = {"level": level, "separator": " <sep> ", "max_size": 300}
    field = TokenField(bpe_dropout=0.1 if level == "bpe" else 0, **options)
    rows = records(f"a {name}\tb {name} c", "a b\tc", "c a b")
    made(field, *(row.values["tokens"] for row in rows))
    joint = field.vocabulary.specials["<sep>"]
    apart = TokenField(level=level)
    apart.name, apart.vocabulary = "tokens", field.vocabulary
    for row, record in zip(field.encode(rows), rows, strict=True):
        parts = apart.encode(records(*record.values["tokens"].split("\t")))
        expected = parts[0].tolist()
        for part in list(parts)[1:]:
            expected += [joint, *part.tolist()]
        assert row.tolist() == expected
        assert row.tolist().count(joint) == record.values["tokens"].count("\t")
    if level == "bpe":
        varied = field.vary(rows, Random(0))
        assert [row.tolist().count(joint) for row in varied] == [1, 1, 0]


@pytest.mark.parametrize("separator", ["|", "SEP", "'s", "</s>", "<eos>", "ab c"])
@pytest.mark.parametrize("level", LEVELS)
def test_any_string_may_name_the_separator(level, separator):
    texts = [f"a {separator} b{separator}c\tab c {separator}"] * 3
    field = made(TokenField(level=level, separator=separator, max_size=300), *texts)
    joint = field.vocabulary.specials[separator]
    again = type(field.vocabulary).from_json(field.vocabulary.to_json())
    for vocabulary in (field.vocabulary, again):
        field.vocabulary = vocabulary
        [row] = field.encode(records(texts[0]))
        at = row.tolist().index(joint)
        assert row.tolist().count(joint) == 1
        left, right = texts[0].split("\t")
        assert vocabulary.decode(row[:at].tolist()) == left
        assert vocabulary.decode(row[at + 1 :].tolist()) == right


@pytest.mark.parametrize("name", NAMES)
def test_given_tokens_are_words_like_others(name):
    field = made(TokenField(bos=True, lowercase=True), ["a", name.upper()], ["a", "b"])
    number = field.vocabulary.index[name]
    assert field.encode(records([name, "a"]))[0].tolist() == [2, number, 4]
    fresh = made(TokenField(), ["a", "b"])
    assert fresh.encode(records([name, "a"]))[0].tolist() == [1, 4]


@pytest.mark.parametrize("name", NAMES)
def test_the_letters_of_a_name_are_letters(name):
    field = CharacterField()
    field.name = "characters"
    rows = records(["a", name], f"b{name} c")
    field.fit(rows)
    spelled = [word.tolist() for row in field.encode(rows) for word in row]
    symbols = field.vocabulary.symbols
    words = ["".join(symbols[number] for number in word) for word in spelled]
    assert words == ["a", name, f"b{name}", "c"]
    assert min(number for word in spelled for number in word) >= len(SPECIALS)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("raw", [True, False])
def test_a_name_is_copied_as_the_word_that_it_is(name, raw):
    fields = {
        "source": TokenField(separator="<sep>"),
        "target": TokenField(bos=True, eos=True),
        "copies": CopyField(separator="<sep>"),
    }
    for key, field in fields.items():
        field.name = key
    given = (f"say {name}\tx", "say x") if raw else (["say", name, "x"], ["say", "x"])
    rows = [Record({"source": given[0], "target": given[1]}, "f", 1)]
    fit(fields, rows, {})
    vocabulary, size = fields["target"].vocabulary, len(fields["target"].vocabulary)
    encoded = SequenceDataset.of(fields, rows).encoded
    [one] = encoded["copies"]
    assert len(one.source) == len(encoded["source"][0])
    assert one.words == ([name, "<sep>"] if raw else [name])
    assert one.source.tolist() == [5 - ("say" < "x"), size, *[size + 1] * raw, 5]
    assert vocabulary.decode([4, size, 3], one.words) == f"say {name}"


@pytest.mark.parametrize("name", [WAIT, UNK, "<pad>"])
def test_a_synchronous_translation_writes_a_name_as_a_word(name):
    field = SynchronousField(delay=1)
    field.name = "tags"
    rows = [Record({"tokens": "a b c", "tags": f"{name} x"}, "f", 1)]
    field.fit(rows)
    assert field.vocabulary.specials == {WAIT: 0, UNK: 1}
    assert field.vocabulary.symbols == [WAIT, UNK, name, "x"]
    assert field.encode(rows)[0].tolist() == [0, 2, 3]
    unlike = [Record({"tokens": "a b c", "tags": "<bos> x"}, "f", 1)]
    assert field.encode(unlike)[0].tolist() == [0, 1, 3]


@pytest.mark.parametrize("name", NAMES)
def test_labels_are_labels(name):
    label = made(LabelField(), name, "b", "b", name="label")
    assert label.vocabulary.specials == {}
    np.testing.assert_array_equal(label.encode(records("b", name, name="label")), [0, 1])
    tags = made(TagField(), f"{name} O O", "O", name="tags")
    assert tags.vocabulary.symbols == ["O", name]
    assert (tags.vocabulary.pad_id, tags.vocabulary.unk_id) == (0, None)


def test_words_of_jieba():
    pytest.importorskip("jieba")
    field = made(TokenField(level="jieba", separator="<sep>"), "我来到<unk>\t北京<sep>")
    [row] = field.encode(records("我来到<unk>\t北京<sep>"))
    joint = field.vocabulary.specials["<sep>"]
    assert row.tolist().count(joint) == 1
    assert not {*row.tolist()} & {*range(4)}
    assert field.vocabulary.decode(row.tolist()) == "我来到<unk>北京<sep>"


def test_fields_beside_the_tokens_cut_a_text_where_the_tokens_do():
    fields = {
        "source": TokenField(),
        "characters": CharacterField(along="source"),
        "target": TokenField(),
        "copies": CopyField(),
    }
    for key, field in fields.items():
        field.name = key
    rows = [Record({"source": "a\x1cb c\x1f \u2028<unk>d", "target": "x y"}, "f", 1)]
    fit(fields, rows, {})
    encoded = SequenceDataset.of(fields, rows).encoded
    assert len(encoded["source"][0]) == len(encoded["copies"][0].source) == 3
    assert len(encoded["characters"][0]) == 3


# One way of lower-casing


CASED = {
    "ΟΔΟΣ": "οδοσ",
    "İstanbul": "i̇stanbul",
    "STRASSE ẞß": "strasse ßß",
    "Ǆ ǅ": "ǆ ǆ",
    "ᲐᲑ": "აბ",
    "Ꭰ": "ꭰ",
}


@pytest.mark.parametrize(("text", "lower"), CASED.items())
@pytest.mark.parametrize("level", LEVELS)
def test_what_is_learnt_is_what_is_compared_and_copied(level, text, lower):
    field = made(TokenField(level=level, lowercase=True, max_size=400), text, "a b")
    [row] = field.encode(records(text))
    assert field.vocabulary.decode(row.tolist()) == lower
    assert field.written(records(text)[0]) == [lower]
    given = made(TokenField(lowercase=True), text.split(), ["a", "b"])
    assert given.vocabulary.decode(given.encode(records(text.split()))[0].tolist()) == lower
    assert CopyField(lowercase=True).pieces(text) == lower.split()
    assert "".join(CopyField(lowercase=True, level="character").pieces(text)) == lower
