from __future__ import annotations

import pytest

from seqtasks.data.fields import CharacterField, LabelField, TagField, TokenField
from seqtasks.data.fields.columns import join_columns, split_columns
from seqtasks.data.record import Record
from seqtasks.data.symbols import counting
from seqtasks.errors import DataError, UsageError


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


def test_a_text_is_written_by_the_words_that_are_learnt():
    field = named(TokenField(), "tokens")
    field.fit([Record({"tokens": "cat\x1cs  sit"}), Record({"tokens": "dog"})])
    assert "cat\x1cs" in field.vocabulary
    assert field.written(Record({"tokens": " cat\x1cs\u2028sit"})) == ["cat\x1cs sit"]


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
    with pytest.raises(DataError, match=r"f: the training data has 1 distinct"):
        named(field, "f").fit(records("f", value))


def test_labels_that_training_never_shows_have_numbers_behind_the_others():
    field = named(LabelField(), "label")
    field.fit(records("label", "good", "bad"))
    assert field.encode(records("label", "bad", "god", "good", "gut", "god")).tolist() == [
        *(0, 2, 1, 3, 2)
    ]
    assert field.unseen.labels == ["god", "gut"]
    assert field.collate([1, 2])["label_unseen"] == ["god", "gut"]
    tags = named(TagField(), "tags")
    tags.fit(records("tags", "NOUN VERB"))
    assert "tags_unseen" not in tags.collate(list(tags.encode(records("tags", ["NOUN"]))))
    assert [row.tolist() for row in tags.encode(records("tags", ["ADJ", "NOUN"]))] == [[2, 0]]
    assert tags.unseen.first == {"ADJ": "file.txt:1"}


def test_more_unseen_labels_than_there_is_room_for_are_another_column():
    field = named(LabelField(), "label")
    field.fit(records("label", "good", "bad"))
    field.encode(records("label", *map(str, range(1002))))
    with pytest.raises(DataError, match=r"label.column: '1002' is one of more than 1,002 labels"):
        field.encode(records("label", "1002"))


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


@pytest.mark.parametrize("level", ["word", "character", "bpe"])
def test_several_columns_are_joined_by_a_symbol_of_its_own(level):
    options = {"level": level, "separator": "<sep>"}
    field = named(TokenField(["question", "story"], **options), "source")
    rows = records("source", "who ?\tA b", "A ?\twho b")
    field.fit(rows)
    separator = field.vocabulary.specials["<sep>"]
    assert field.text(rows[0]) == "who ? <sep> A b"
    for encoded, record in zip(field.encode(rows), rows, strict=True):
        [at] = [n for n, number in enumerate(encoded) if number == separator]
        left, right = record.values["source"].split("\t")
        assert field.vocabulary.tokenizer.encode(left).ids == encoded[:at].tolist()
        assert field.vocabulary.tokenizer.encode(right).ids == encoded[at + 1 :].tolist()
    with pytest.raises(DataError, match=r"file\.txt:1: 1 text\(s\) .* 2 expected .*story"):
        field.encode(records("source", "who ?"))
    with pytest.raises(DataError, match=r"file\.txt:1: an empty text between the tabs"):
        field.encode(records("source", "who ?\t "))


def test_a_column_that_is_named_twice_stands_in_both_places_and_comes_once():
    field = named(TokenField(["question", "story", "question"], separator="<sep>"), "source")
    [row] = rows = records("source", "who ?\tA b")
    field.fit(rows)
    assert field.text(row) == "who ? <sep> A b <sep> who ?"
    assert field.parts == ["question", "story"]
    with pytest.raises(DataError, match=r"3 text\(s\) .* 2 expected .*: question, story$"):
        field.encode(records("source", "who ?\tA b\twho ?"))
    columns = {"source": field.column}
    asked = {"source[0]": "question", "source[1]": "story"}
    assert split_columns(columns) == asked
    read = Record(dict(zip(asked, ["who ?", "A b"], strict=True)), "file.txt", 1)
    assert join_columns(read, columns).values == {"source": "who ?\tA b"}


def test_of_several_references_the_first_is_learnt_and_all_are_right():
    field = named(TokenField(references=True, lowercase=True), "target")
    rows = records("target", "A  b\tC", "d")
    field.fit(rows)
    assert sorted(field.vocabulary.symbols[4:]) == ["a", "b", "d"]
    assert [field.written(row) for row in rows] == [["a b", "c"], ["d"]]
    assert [len(encoded) for encoded in field.encode(rows)] == [2, 1]
    spelled = named(TokenField(references=True, level="character"), "target")
    spelled.fit(rows)
    assert spelled.written(rows[0]) == ["A  b", "C"]


@pytest.mark.parametrize("options", [{}, {"separator": "<sep>", "references": True}])
def test_several_columns_say_what_they_are(options):
    with pytest.raises(UsageError, match=r"say what the columns .* are"):
        TokenField(["a", "b"], **options)
    with pytest.raises(UsageError, match="name one column"):
        LabelField(["a", "b"])


@pytest.mark.parametrize("value", ["a b c", ["a", "b", "c"]])
def test_more_words_than_memory_holds_are_refused_with_what_to_set(value, monkeypatch):
    monkeypatch.setattr(counting, "MOST_SYMBOLS", 2)
    field = named(TokenField(), "source")
    with pytest.raises(DataError, match=r"^source.level: .* more than 2 distinct .*level=bpe"):
        field.fit(records("source", value))
