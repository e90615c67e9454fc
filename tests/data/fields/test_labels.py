"""Labels, sets of labels, ordered labels and numbers: what is read and what is refused."""

from __future__ import annotations

import pytest

from seqtasks.data.fields import LabelField, LabelSetField, NumberField
from seqtasks.data.record import Record
from seqtasks.errors import DataError, UsageError


def records(field, values):
    field.name = "label"
    return [Record({"label": value}, "f.csv", line) for line, value in enumerate(values, 1)]


def test_label_sets_are_read_from_texts_and_lists():
    field = LabelSetField(separator="|", none="-")
    rows = records(field, ["b | a", ["a"], "-", "a|c", "b"])
    field.fit(rows)
    assert field.vocabulary.symbols == ["a", "b", "c"]
    table = field.collate(list(field.encode(rows)))["label"]
    assert table.tolist() == [[1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 0, 1], [0, 1, 0]]


def test_a_label_that_is_there_twice_counts_once_and_an_unseen_one_has_a_column():
    field = LabelSetField()
    field.fit(records(field, ["a,,b", "b", "a,b,a"]))
    assert field.vocabulary.symbols == ["b", "a"]
    table = field.collate(list(field.encode(records(field, ["d, a", "b,b"]))))
    assert table["label"].tolist() == [[0, 1, 1], [1, 0, 0]]
    assert table["label_unseen"] == ["d"]


@pytest.mark.parametrize("value", ["1,234", "1.234,5", "nan", "inf", "1e40", "much"])
def test_what_is_no_number_is_refused(value):
    field = NumberField()
    assert field.encode(records(field, ["-2.5", " 3 ", "3,5"])).tolist() == [-2.5, 3, 3.5]
    with pytest.raises(DataError, match=f"f.csv:1: '{value}' in 'label' where a finite number"):
        field.encode(records(field, [value]))


def test_ordered_labels_keep_their_order_and_refuse_others():
    field = LabelField(order=[1, 2, "many"])
    rows = records(field, ["many", "1", "many", "1"])
    field.fit(rows)
    assert field.vocabulary.symbols == ["1", "2", "many"]
    assert field.encode(rows).tolist() == [2, 0, 2, 0]
    for order in (["a"], ["a", "a"]):
        with pytest.raises(UsageError, match="each once"):
            LabelField(order=order)


def test_notices_name_rare_labels_and_labels_that_are_numbers(caplog):
    field = LabelField()
    field.fit(records(field, ["a", "a", "b", "c", "c"]))
    assert "1 label with one training example: b;" in caplog.text
    caplog.clear()
    field.fit(records(field, [str(n / 2) for n in range(20)] * 2))
    assert not caplog.text
    field.fit(records(field, [str(n / 2) for n in range(21)] * 2))
    assert "21 labels that are all numbers" in caplog.text
    assert "task/head=regression field@data.label=number" in caplog.text
    caplog.clear()
    field.fit(records(field, [*map(str, range(20)), "x"] * 2))
    assert not caplog.text


def test_a_list_of_one_label_is_that_label_and_several_are_refused():
    field = LabelField()
    field.fit(records(field, [["a"], "b", " a "]))
    assert field.vocabulary.symbols == ["a", "b"]
    with pytest.raises(DataError, match=r"f.csv:2: 2 labels in 'label' where one is expected; to"):
        field.fit(records(field, ["a", ["a", "b"]]))
