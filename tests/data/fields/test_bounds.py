"""Symbols before and behind texts, some of which come in several records."""

from __future__ import annotations

import pytest

from seqtasks.data.fields import TokenField
from seqtasks.data.record import Record
from seqtasks.errors import DataError


def fitted(text="a b c d", **options):
    field = TokenField(**options)
    field.name = "tokens"
    field.fit([Record({"tokens": text})])
    return field


def pieces(*texts):
    last = len(texts) - 1
    return [
        Record({"tokens": text}, "file.txt", n + 1, begins=n == 0, ends=n == last)
        for n, text in enumerate(texts)
    ]


@pytest.mark.parametrize("level", ["word", "character", "bpe"])
@pytest.mark.parametrize("bos", [False, True])
@pytest.mark.parametrize("eos", [False, True])
def test_the_pieces_of_a_text_are_the_text(level, bos, eos):
    field = fitted("a b c d it's 12", level=level, bos=bos, eos=eos, max_size=290)
    parts = ["", "a it's", "", " \n d", " 12", " "]
    whole = [Record({"tokens": "".join(parts)}), Record({"tokens": "b c"})]
    cut = [*pieces(*parts), whole[1]]
    expected, found = field.encode(whole), field.encode(cut)
    assert found.values.tolist() == expected.values.tolist()
    assert found.values.dtype == expected.values.dtype
    assert found[-1].tolist() == expected[-1].tolist()
    assert len(found) == len(cut)
    one_by_one = [number for record in cut for number in field.encode([record])[0].tolist()]
    assert one_by_one == expected.values.tolist()


def test_a_text_that_is_empty_is_refused_and_a_piece_is_not():
    field = fitted()
    assert field.encode(pieces(" ", "a", " ")).lengths.tolist() == [0, 1, 0]
    with pytest.raises(DataError, match=r"^file.txt:1: an empty sentence in 'tokens'"):
        field.encode(pieces(" "))


@pytest.mark.parametrize("truncate", [False, True])
def test_a_limit_of_length_goes_with_texts_that_stand_alone(truncate):
    field = fitted(max_length=2, truncate=truncate)
    with pytest.raises(DataError, match=r"^file.txt:1: .* several pieces, and tokens.max_length=2"):
        field.encode(pieces("a", " b"))
    assert field.encode(pieces("a b")).lengths.tolist() == [2]


def test_the_first_wrong_record_is_named():
    field = fitted(max_length=2)
    rows = [Record({"tokens": text}, "f", n) for n, text in enumerate(["a", "a b c d", " "], 1)]
    with pytest.raises(DataError, match=r"^f:2: 'tokens' has 4 tokens, more than"):
        field.encode(rows)
    with pytest.raises(DataError, match=r"^f:3: an empty sentence"):
        field.encode(rows[::2])
    field.truncate = True
    assert [row.tolist() for row in field.encode(rows[:2])] == [[4], [4, 5]]


def test_words_of_vectors_are_a_file_beside_the_data(tmp_path):
    vectors = tmp_path / "v.txt"
    vectors.write_text("zebra 1 2\n")
    field = TokenField(words=str(vectors))
    assert field.files == [str(vectors)]
    assert TokenField().files == []
