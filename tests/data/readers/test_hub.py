"""Data sets through `datasets`, from files alone: its builders need no network."""

from __future__ import annotations

import json
import os
import sys

import pyarrow as pa
import pytest
from pyarrow import parquet

from seqtasks.data.readers import HubReader
from seqtasks.data.readers.hub import _labels
from seqtasks.errors import DataError, UsageError

WANTED = {"tokens": "text", "label": None}


@pytest.fixture
def datasets(monkeypatch, tmp_path):
    """The package, kept off the network and off the user's cache."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    module = pytest.importorskip("datasets")
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    module.disable_progress_bars()
    return module


def rows(path, *values):
    path.write_text("\n".join(json.dumps(value) for value in values))
    return str(path)


STREAMING = pytest.mark.parametrize("streaming", [False, True], ids=["mapped", "streaming"])


@STREAMING
def test_rows_of_a_json_builder(datasets, tmp_path, streaming):
    files = {
        "train": rows(tmp_path / "a.jsonl", {"text": "a b", "label": 3}, {"text": "c", "label": 4}),
        "test": rows(tmp_path / "b.jsonl", {"text": "d", "label": 5}),
    }
    reader = HubReader("json", data_files=files, streaming=streaming)
    train = list(reader.read("train", WANTED))
    assert [r.values for r in train] == [
        {"tokens": "a b", "label": "3"},
        {"tokens": "c", "label": "4"},
    ]
    assert train[1].place == "json:train:2"
    assert [r.values["tokens"] for r in reader.read("test", {"tokens": 0})] == ["d"]
    if not streaming:
        assert len(list(reader.read("train[:1]", WANTED))) == 1
        return
    with pytest.raises(
        DataError, match=r"json:train\[:1\]: a stream has no part of a split; .*set "
    ):
        list(reader.read("train[:1]", WANTED))


def test_rows_of_a_csv_builder(datasets, tmp_path):
    (tmp_path / "a.csv").write_text("text,label\nhello there,x\nbye,y\n")
    reader = HubReader("csv", data_files=str(tmp_path / "a.csv"))
    assert [r.values["label"] for r in reader.read("train", WANTED)] == ["x", "y"]


@STREAMING
def test_numbered_labels_are_given_by_name(datasets, tmp_path, streaming):
    tags = datasets.ClassLabel(names=["O", "B-X"])
    features = datasets.Features(
        {
            "tokens": datasets.Sequence(datasets.Value("string")),
            "tags": datasets.Sequence(tags),
            "kind": datasets.ClassLabel(names=["yes", "no"]),
            "other": datasets.ClassLabel(names=["a", "b"]),
        }
    )
    columns = {
        "tokens": [["a", "b"], ["c"]],
        "tags": [[0, 1], [0]],
        "kind": [1, 0],
        "other": [1, -1],
    }
    table = pa.Table.from_pydict(columns, schema=features.arrow_schema)
    parquet.write_table(table, tmp_path / "a.parquet")
    reader = HubReader("parquet", data_files=str(tmp_path / "a.parquet"), streaming=streaming)
    columns = {"tokens": None, "tags": None, "label": "kind"}
    assert [record.values for record in reader.read("train", columns)] == [
        {"tokens": ["a", "b"], "tags": ["O", "B-X"], "label": "no"},
        {"tokens": ["c"], "tags": ["O"], "label": "yes"},
    ]
    labels = reader.read("train", {"label": "other"})
    assert [record.values for record in labels] == [{"label": "b"}, {"label": ""}]


def test_labels_in_a_plain_list_are_given_by_name(datasets):
    assert _labels([datasets.ClassLabel(names=["O", "B-X"])]) == ["O", "B-X"]
    assert _labels(datasets.Value("int64")) == _labels(None) == []


@STREAMING
def test_values_of_other_types_and_more_than_a_batch(datasets, tmp_path, streaming):
    count = 2500
    table = pa.table(
        {
            "number": [n / 4 for n in range(count)],
            "truth": [n % 2 == 0 for n in range(count)],
            "day": pa.array(range(count), pa.date32()),
            "series": [[[n, 1]] * (n % 3 + 1) for n in range(count)],
            "place": [{"x": n} for n in range(count)],
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=700)
    reader = HubReader("parquet", data_files=str(tmp_path / "a.parquet"), streaming=streaming)
    wanted = {"number": None, "truth": None, "day": None, "series": None}
    records = list(reader.read("train", wanted))
    assert [record.line for record in records] == list(range(1, count + 1))
    assert [record.values["number"] for record in records] == [str(n / 4) for n in range(count)]
    assert records[1000].values == {
        "number": "250.0",
        "truth": "true",
        "day": "1972-09-27",
        "series": "[[1000, 1], [1000, 1]]",
    }
    with pytest.raises(DataError, match=r"parquet:train: the column 'place' is of the type struct"):
        list(reader.read("train", {"tokens": "place"}))


def test_a_stream_that_does_not_tell_its_columns(datasets, monkeypatch):
    def generated():
        yield {"text": "a", "label": 1}
        yield {"text": "b", "label": 2}

    rows = datasets.IterableDataset.from_generator(generated)
    assert rows.column_names is None
    monkeypatch.setattr("datasets.load_dataset", lambda *_, **options: rows)
    reader = HubReader("user/name", streaming=True)
    values = [record.values for record in reader.read("train", {"tokens": 0, "label": None})]
    assert values == [{"tokens": "a", "label": "1"}, {"tokens": "b", "label": "2"}]
    with pytest.raises(DataError, match=r"no column 'words'.* the columns are 'text', 'label'"):
        list(reader.read("train", {"tokens": "words"}))


def test_a_stream_that_breaks_off_is_refused(datasets, monkeypatch):
    def generated():
        yield {"text": "a", "label": 1}
        raise ConnectionError("the line\nis gone")

    rows = datasets.IterableDataset.from_generator(generated)
    monkeypatch.setattr("datasets.load_dataset", lambda *_, **options: rows)
    with pytest.raises(DataError, match=r"^user/name:train: cannot be loaded \(the line is gone\)"):
        list(HubReader("user/name", streaming=True).read("train", WANTED))


@STREAMING
def test_the_identity_follows_the_data(datasets, tmp_path, streaming):
    path = tmp_path / "a.jsonl"
    rows(path, {"text": "a", "label": 1})
    reader = HubReader("json", data_files={"train": [str(path)]}, streaming=streaming)
    first = reader.identity("train")
    assert json.loads(json.dumps(first)) == first == reader.identity("train")
    rows(path, {"text": "b", "label": 1})
    os.utime(path, (1, 1))
    assert reader.identity("train") != first
    other = HubReader("json", data_files={"test": str(path)}, streaming=streaming)
    assert other.identity("test") not in (first, reader.identity("train"))


def test_the_identity_of_a_stream_needs_a_commit_or_files(datasets, tmp_path):
    commit = "0123456789abcdef" * 2 + "01234567"
    pinned = HubReader("user/name", revision=commit, streaming=True).identity("train")
    assert pinned is not None
    assert commit in json.dumps(pinned)
    for options in ({}, {"revision": "main"}, {"revision": commit[:10]}):
        assert HubReader("user/name", streaming=True, **options).identity("train") is None
    beside = {"revision": commit, "data_files": "https://example.org/a.jsonl"}
    assert HubReader("user/name", streaming=True, **beside).identity("train") is None
    elsewhere = HubReader("json", data_files="https://example.org/a.jsonl", streaming=True)
    assert elsewhere.identity("train") is None
    (tmp_path / "data").mkdir()
    rows(tmp_path / "data" / "train.jsonl", {"text": "a"})
    folder = HubReader(str(tmp_path), streaming=True)
    first = folder.identity("train")
    assert first is not None
    rows(tmp_path / "data" / "more.jsonl", {"text": "b"})
    assert folder.identity("train") != first


def test_what_is_not_there_is_named(datasets, tmp_path):
    reader = HubReader("json", data_files=rows(tmp_path / "a.jsonl", {"text": "a", "label": None}))
    with pytest.raises(DataError, match=r"json:dev: cannot be loaded .*dev"):
        list(reader.read("dev", WANTED))
    with pytest.raises(DataError, match=r"json:train: no column 'tokens' for the field 'tokens'"):
        list(reader.read("train", {"tokens": None}))
    assert [record.values["label"] for record in reader.read("train", WANTED)] == [""]
    with pytest.raises(DataError, match="give the name of a split"):
        list(reader.read(["train"], WANTED))
    with pytest.raises(DataError, match=r"cannot be loaded"):
        list(HubReader(str(tmp_path / "none")).read("train", WANTED))


def test_a_reader_without_a_data_set_or_without_the_package_is_refused(monkeypatch):
    with pytest.raises(UsageError, match="path: it is not set; name a data set"):
        HubReader()
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(UsageError, match=r"pip install 'seqtasks\[hub\]'"):
        HubReader("json")
