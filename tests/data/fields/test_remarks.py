"""What is said of odd labels, and whose fault a rare one is."""

from __future__ import annotations

import pytest
from stored import stored

from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.fields import LabelField, LabelSetField, TagField, TokenField
from seqtasks.data.module import SequenceData
from seqtasks.data.readers import LineReader
from seqtasks.data.record import Record
from seqtasks.data.splitting.splitting import Splitting
from seqtasks.errors import DataError


def fitted(field, values):
    field.name = "label"
    field.fit([Record({"label": value}, "f.csv", n) for n, value in enumerate(values, 1)])
    return field


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["N/A", "a", "b", "N/A", "None", "None"], "stand for no label: 'N/A' (2), 'None' (2);"),
        (["-", "?", "a", "nan"], "'-' (1), '?' (1), 'nan' (1); each is learnt like any other"),
        (["5", "5.0", "4", "5", "05"], "how a number is written: '5' (2) beside '5.0' (1) beside"),
        (["New  York", "new york", "a"], "case or white space: 'New  York' (1) beside 'new york'"),
        (["Yes", "yes", "no", "NO"], "'Yes' (1) beside 'yes' (1), 'no' (1) beside 'NO' (1);"),
    ],
)
def test_odd_labels_are_named_with_how_often_they_occur(values, said, caplog):
    fitted(LabelField(), values)
    assert said in caplog.text
    caplog.clear()
    fitted(LabelSetField(separator="|"), values)
    assert said in caplog.text


def test_types_of_tags_that_differ_in_case_are_named(caplog):
    fitted(TagField(), ["O B-PER", "B-Per O", "O - ? O"])
    assert "case or white space: 'B-PER' (1) beside 'B-Per' (1); each is learnt" in caplog.text
    assert "stand for no label" not in caplog.text


def test_ordinary_labels_are_passed_over(caplog):
    fitted(LabelField(), ["a", "b", "1", "2.5", "inf", "nano", "B-1", "not-a"] * 2)
    assert not caplog.text


def test_labels_that_are_not_in_the_order_are_listed_at_once():
    field = LabelField(order=["low", "high"])
    with pytest.raises(DataError) as caught:
        fitted(field, ["low", "hihg", "high", "x"] * 15)
    first, *listed, last = str(caught.value).splitlines()
    assert first == "30 labels are not in the order:"
    assert len(listed) == 20
    assert (
        "f.csv:2: the label 'hihg' in 'label' is not in label.order=[low, high]; Did" in listed[0]
    )
    assert last.strip() == "… and 10 more"
    with pytest.raises(DataError, match=r"^f.csv:2: the label 'x' in 'label' is not in label.ord"):
        fitted(field, ["low", "x", "high"])


def splits_of(folder, labels, **options):
    rows = [{"tokens": "t", "label": label} for label in labels]
    file = stored(folder, [Record(row, "f", n) for n, row in enumerate(rows)]).file
    field = LabelField()
    field.name = "label"
    fractions = {"val": options.pop("val", 0.1), "test": 0.0}
    return Splitting(fractions, seed=0, **options)({"train": file}, [field]), field


def test_the_limit_or_the_split_is_named_where_it_leaves_one_example(tmp_path, caplog):
    parts, field = splits_of(tmp_path, ["a"] * 30 + ["b"] * 20 + ["c"], limit=4)
    field.fit(parts["train"])
    assert "1 label with one training example: c; add examples" in caplog.text
    assert "1 label with one training example because of data.limit=4: b (of 20)" in caplog.text
    caplog.clear()
    parts, field = splits_of(tmp_path, ["a"] * 4 + ["b"] * 2, val=0.5)
    field.fit(parts["train"])
    assert "because of the split: b (of 2)" in caplog.text
    assert "add examples" not in caplog.text


def test_the_limit_is_named_where_it_takes_a_label_from_training(tmp_path, caplog):
    path = tmp_path / "train.txt"
    path.write_text("".join(f"{'aabbc'[n % 5]} text{n}\n" for n in range(60)) + "d only\n")
    fields = {"tokens": TokenField(), "label": LabelField()}
    data = SequenceData(LineReader(), Buckets(4), str(path), limit=2, cache=None, **fields)
    data.setup()
    assert "stays out of the loss. Training lacks c because of data.limit=2" in caplog.text
    assert data.unseen == {"label": ["c"]}
