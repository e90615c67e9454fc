from __future__ import annotations

import pytest

from seqtasks.data.fields import CharacterField, LabelField, TagField, TokenField
from seqtasks.data.record import Record
from seqtasks.errors import DataError


def records(name, *values):
    return [Record({name: value}, "file.txt", n) for n, value in enumerate(values, 1)]


def named(field, name):
    field.name = name
    return field


def test_tokens_of_raw_text_and_of_symbols_get_bounds():
    for value in ("a b a", ["a", "b", "a"]):
        field = named(TokenField(bos=True, eos=True), "tokens")
        field.fit(records("tokens", value))
        encoded = field.encode(records("tokens", value))
        assert encoded[0].tolist() == [2, 4, 5, 4, 3]


def test_symbols_may_hold_spaces():
    field = named(TokenField(), "tokens")
    field.fit(records("tokens", ["New York", "is", "New York"]))
    assert field.vocabulary.symbols[4:] == ["New York", "is"]


def test_collated_tokens_are_padded_and_come_with_lengths():
    field = named(TokenField(), "source")
    values = records("source", "a b c", "a")
    field.fit(values)
    encoded = field.encode(values)
    entries = field.collate([encoded[0], encoded[1]])
    assert entries["source"].tolist() == [[4, 5, 6], [4, 0, 0]]
    assert entries["source_lengths"].tolist() == [3, 1]


def test_an_empty_sentence_is_refused_with_its_place():
    field = named(TokenField(), "tokens")
    field.fit(records("tokens", "a b"))
    with pytest.raises(DataError, match=r"^file.txt:2: an empty sentence"):
        field.encode(records("tokens", "a", "  "))


def test_a_sentence_too_long_is_refused_or_cut():
    long = " ".join(["a", "b"] * 50_000)
    field = named(TokenField(max_length=1000), "tokens")
    field.fit(records("tokens", long))
    with pytest.raises(DataError, match=r"file.txt:1: 'tokens' has 100,000 tokens, more than"):
        field.encode(records("tokens", long))
    field.truncate = True
    assert len(field.encode(records("tokens", long))[0]) == 1000


@pytest.mark.parametrize(
    ("field", "value"),
    [(TokenField(), "a a"), (TagField(), ["X", "X"]), (LabelField(), "yes")],
)
def test_a_vocabulary_of_one_is_refused(field, value):
    with pytest.raises(DataError, match=r"data.f: the training data has 1 distinct"):
        named(field, "f").fit(records("f", value))


def test_a_label_never_seen_in_training_is_refused_with_its_place():
    field = named(LabelField(), "label")
    field.fit(records("label", "good", "bad"))
    with pytest.raises(DataError, match=r"file.txt:2: the label 'god'.*Did you mean 'good'"):
        field.encode(records("label", "bad", "god"))
    tags = named(TagField(), "tags")
    tags.fit(records("tags", "NOUN VERB"))
    with pytest.raises(DataError, match=r"file.txt:1: the label 'ADJ'.*Known labels: NOUN, VERB"):
        tags.encode(records("tags", ["ADJ"]))


def test_labels_and_tokens_of_unequal_number_are_refused():
    field = named(TagField(), "tags")
    field.fit(records("tags", "A B"))
    bad = Record({"tags": ["A"], "tokens": ["x", "y"]}, "file.txt", 7)
    with pytest.raises(DataError, match=r"file.txt:7: 2 tokens in 'tokens' but 1 labels"):
        field.encode([bad])


def test_characters_spell_each_distinct_word_of_a_batch_once():
    field = named(CharacterField(max_length=4), "characters")
    values = records("tokens", "ab b ab", "b abcdefgh")
    field.fit(values)
    encoded = field.encode(values)
    entries = field.collate([encoded[0], encoded[1]])
    spelled = [
        "".join(field.vocabulary.symbols[n] for n in row[:length])
        for row, length in zip(
            entries["characters"].tolist(), entries["characters_lengths"].tolist(), strict=True
        )
    ]
    assert spelled == ["ab", "b", "abgh"]
    assert entries["characters_index"].tolist() == [[0, 1, 0], [1, 2, 0]]
