"""Records that give no example: left out and counted, or refused all at once."""

from __future__ import annotations

import logging

import pytest

from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.fields import LabelField, NumberField, TokenField
from seqtasks.data.module import SequenceData
from seqtasks.data.preparation.faults import Faults
from seqtasks.data.record import Record
from seqtasks.errors import DataError, UsageError


def record(line, text="a", label="x", fault=""):
    return Record({"tokens": text, "label": label}, "f.csv", line, fault=fault)


class ListReader:
    """Yields given records, and knows that they stay the same."""

    def __init__(self, rows):
        self.rows = rows

    def identity(self, source):
        return self.rows

    def read(self, source, columns):
        for line, (text, label, fault) in enumerate(self.rows, 1):
            yield record(line, text, label, fault)


def data_of(rows, **options):
    fields = {"tokens": TokenField(), "label": LabelField()}
    return SequenceData(ListReader(rows), Buckets(4), "f.csv", **{**fields, **options})


GOOD = [(f"w{n}", "xy"[n % 2], "") for n in range(20)]


def test_records_without_a_value_or_with_a_fault_are_left_out():
    faults = Faults(["tokens", "label"])
    rows = [record(1), record(2, " "), record(3, [], ""), record(4, fault="2 columns; mend it")]
    assert [row.line for row in faults.leave_out([*rows, record(5)])] == [1, 5]
    assert faults.kept == 2
    assert list(faults.counts.values()) == [1, 1, 1]


def test_a_blank_piece_of_a_long_text_stays():
    pieces = [
        Record({"tokens": text}, "f.txt", 1, begins=not at, ends=at == 1)
        for at, text in enumerate(["a", " "])
    ]
    assert list(Faults(["tokens"]).leave_out(pieces)) == pieces


def test_all_bad_records_are_refused_at_once_if_asked():
    rows = [record(line, label="") for line in range(1, 31)] + [record(40)]
    with pytest.raises(DataError) as caught:
        list(Faults(["tokens", "label"], "error").leave_out(rows))
    lines = str(caught.value).splitlines()
    assert lines[0] == "30 records cannot be used; set missing=skip to go on without them:"
    assert lines[1] == "  f.csv:1: no value of 'label'; write one, or remove the line"
    assert lines[20].startswith("  f.csv:20:")
    assert lines[21] == "  … and 10 more"
    assert len(lines) == 22


def test_data_without_any_example_is_refused():
    with pytest.raises(DataError, match=r"f.csv:1: no value of 'tokens'; write one"):
        list(Faults(["tokens"]).leave_out([record(1, "")]))


def test_a_file_of_which_most_lines_cannot_be_read_is_of_another_kind():
    bad = [record(line, fault="1 column; mend it") for line in range(2, 5)]
    with pytest.raises(DataError, match="3 records cannot be used, more than the 2 that can; look"):
        list(Faults(["tokens"]).leave_out([record(1), *bad, record(9)]))
    assert len(list(Faults(["tokens"]).leave_out([record(1), *bad[:2], record(9)]))) == 2
    unlabelled = [record(line, label="") for line in range(2, 9)]
    assert len(list(Faults(["label"]).leave_out([record(1), *unlabelled]))) == 1


def test_what_is_left_out_is_said_in_every_run(caplog):
    rows = [*GOOD, ("w", "", ""), ("", "", ""), ("", "x", "no row; mend it"), ("w", " ", "")]
    data_of(rows).setup()
    said = (
        "4 of 24 records were left out: 2 with no value of 'label' (f.csv:21, f.csv:24); 1 with "
        "no value of 'tokens' and 'label' (f.csv:22); 1 with no row (f.csv:23); to refuse them: "
        "data.missing=error"
    )
    assert said in caplog.messages
    caplog.clear()
    warm = data_of(rows)
    warm.setup()
    assert said in caplog.messages
    assert sum(map(len, warm.datasets.values())) == 20


def test_reasons_that_begin_alike_are_one_kind_and_kinds_are_not_endless(caplog):
    faults = Faults(["tokens"])
    reasons = [f"a gap; at step {n}" for n in range(4)] + [f"kind {n}" for n in range(6)]
    for line, reason in enumerate(reasons, 1):
        faults.count(record(line), reason)
    faults.kept = 1
    faults.close()
    assert "11 records were left out: 4 with a gap (f.csv:1, f.csv:2, f.csv:3, …)" in caplog.text
    assert "1 with kind 3 (f.csv:8); 2 with other faults; to refuse" in caplog.text


def test_values_that_cannot_be_encoded_are_left_out_or_listed(caplog):
    rows = [(text, f"{n}.5", "") for n, (text, *_) in enumerate(GOOD)]
    rows[3] = ("w", "N/A", "")
    data = data_of(rows, label=NumberField(), val_fraction=0.2, test_fraction=0)
    data.setup()
    assert "1 with 'N/A' in 'label' where a finite number" in caplog.text
    assert sum(map(len, data.datasets.values())) == 19
    assert "N/A" not in [row.values["label"] for row in data.datasets["train"].records]
    with pytest.raises(DataError, match=r"f.csv:4: 'N/A' in 'label' where a finite number"):
        data_of(rows, label=NumberField(), missing="error").setup()


def test_sequences_that_are_too_long_are_listed_at_once():
    rows = [*GOOD[:18], ("a b c", "x", ""), ("a b c d", "y", "")]
    tokens = TokenField(max_length=2)
    with pytest.raises(DataError) as caught:
        data_of(rows, tokens=tokens, val_fraction=0.05, test_fraction=0, split_seed=1).setup()
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("2 records cannot be used")
    assert "f.csv:19: 'tokens' has 3 tokens, more than data.tokens.max_length=2" in lines[1]
    assert "f.csv:20: 'tokens' has 4 tokens" in lines[2]


def test_labels_that_training_never_shows_are_said_once_and_remembered(caplog, tmp_path):
    class Two(ListReader):
        def read(self, source, columns):
            rows = [("w", "z", ""), ("w", "x", ""), ("w", "z", "")]
            yield from (
                super().read(source, columns)
                if source == "f.csv"
                else (record(line, *row) for line, row in enumerate(rows, 1))
            )

    for _ in range(2):
        caplog.clear()
        fields = {"tokens": TokenField(), "label": LabelField()}
        data = SequenceData(Two(GOOD), Buckets(4), "f.csv", test="t.csv", **fields)
        data.setup()
        [said] = [line for line in caplog.messages if "never shows" in line]
        assert "'label' has 1 label in the test examples" in said
        assert "z (2, first at f.csv:1)" in said
        assert data.fields["label"].unseen.labels == ["z"]
        batch = next(iter(data.test_dataloader()))
        assert sorted(batch.label.tolist()) == [0, 2, 2] or sorted(batch.label.tolist()) == [
            1,
            2,
            2,
        ]
        assert batch.label_unseen == ["z"]


def test_there_are_two_ways_to_treat_missing_values():
    with pytest.raises(UsageError, match="missing: there is no 'drop'"):
        data_of(GOOD, missing="drop")


@pytest.fixture(autouse=True)
def warnings_heard(caplog):
    caplog.set_level(logging.WARNING, "seqtasks")


def test_faults_that_each_quote_another_value_are_counted_together(caplog):
    rows = [record(1), *(record(n, fault=f"'{n // 2}' is no number; mend it") for n in range(100))]
    faults = Faults((), "skip")
    rows += [record(200)] * 100
    assert len([*faults.leave_out(rows)]) == 101
    assert len(faults.counts) == len(faults.first) == 21
    [said] = caplog.messages
    assert said.startswith(
        "100 of 201 records were left out: 2 with '0' is no number (f.csv:0, f.csv:1); "
    )
    assert "; 90 with other faults; to refuse them: data.missing=error" in said
    assert said.count("is no number") == 5
    with pytest.raises(DataError) as stop:
        list(Faults((), "error").leave_out(rows))
    told = str(stop.value).splitlines()
    assert told[0].startswith("100 records cannot be used")
    assert len(told) == 22
    assert told[-1].strip() == "… and 80 more"
