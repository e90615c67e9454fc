"""What is read of many records, some of which are wrong."""

from __future__ import annotations

import pytest

from seqtasks.data.fields import LabelField, TokenField
from seqtasks.data.fields.values import values_of
from seqtasks.data.record import Record
from seqtasks.errors import DataError, RecordError


def records(*values):
    return [Record({"x": value}, "f", line) for line, value in enumerate(values, 1)]


def named(field):
    field.name = "x"
    return field


def read(record):
    if record.values["x"] == "gap":
        raise RecordError("a gap", where=record.place)
    if record.values["x"] == "bad":
        raise DataError("it is bad", where=record.place)
    return record.values["x"]


def test_records_that_give_no_example_are_passed_over():
    assert list(values_of(read, records("a", "gap", "b"))) == ["a", "b"]
    with pytest.raises(RecordError, match="f:1: a gap"):
        list(values_of(read, records("gap", "gap")))


def test_what_is_wrong_is_told_of_all_records_at_once():
    with pytest.raises(DataError) as caught:
        list(values_of(read, records("a", *["bad"] * 25, "gap")))
    lines = str(caught.value).splitlines()
    assert lines[:2] == ["25 records cannot be used:", "  f:2: it is bad"]
    assert lines[-1] == "  … and 5 more"


def test_several_labels_where_one_is_expected_are_told_with_all_their_lines():
    rows = records("a", ["a", "b"], "b", ["a", "b"])
    with pytest.raises(DataError) as caught:
        named(LabelField()).fit(rows)
    assert "2 records cannot be used" in str(caught.value)
    assert "f:4: 2 labels in 'x' where one is expected" in str(caught.value)


def test_a_text_that_lacks_a_part_is_left_out_of_the_vocabulary():
    field = named(TokenField(column=["p", "q"], separator="|"))
    field.fit(records("a\tb", "only", "c\td"))
    assert {"a", "b", "c", "d"} == set(field.vocabulary.index)
