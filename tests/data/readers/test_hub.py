"""Data sets through `datasets`, from files alone: its builders need no network."""

from __future__ import annotations

import json
import sys

import pytest

from seqtasks.data.readers import HubReader
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


def test_rows_of_a_json_builder(datasets, tmp_path):
    files = {
        "train": rows(tmp_path / "a.jsonl", {"text": "a b", "label": 3}, {"text": "c", "label": 4}),
        "test": rows(tmp_path / "b.jsonl", {"text": "d", "label": 5}),
    }
    reader = HubReader("json", data_files=files)
    train = list(reader.read("train", WANTED))
    assert [r.values for r in train] == [
        {"tokens": "a b", "label": "3"},
        {"tokens": "c", "label": "4"},
    ]
    assert train[1].place == "json:train:2"
    assert [r.values["tokens"] for r in reader.read("test", {"tokens": 0})] == ["d"]
    assert len(list(reader.read("train[:1]", WANTED))) == 1


def test_rows_of_a_csv_builder(datasets, tmp_path):
    (tmp_path / "a.csv").write_text("text,label\nhello there,x\nbye,y\n")
    reader = HubReader("csv", data_files=str(tmp_path / "a.csv"))
    assert [r.values["label"] for r in reader.read("train", WANTED)] == ["x", "y"]


def test_numbered_labels_are_given_by_name(datasets, tmp_path):
    tags = datasets.ClassLabel(names=["O", "B-X"])
    features = datasets.Features(
        {
            "tokens": datasets.Sequence(datasets.Value("string")),
            "tags": datasets.Sequence(tags),
            "kind": datasets.ClassLabel(names=["yes", "no"]),
        }
    )
    columns = {"tokens": [["a", "b"], ["c"]], "tags": [[0, 1], [0]], "kind": [1, 0]}
    arrow, parquet = (pytest.importorskip(name) for name in ("pyarrow", "pyarrow.parquet"))
    table = arrow.Table.from_pydict(columns, schema=features.arrow_schema)
    parquet.write_table(table, tmp_path / "a.parquet")
    reader = HubReader("parquet", data_files=str(tmp_path / "a.parquet"))
    columns = {"tokens": None, "tags": None, "label": "kind"}
    assert [record.values for record in reader.read("train", columns)] == [
        {"tokens": ["a", "b"], "tags": ["O", "B-X"], "label": "no"},
        {"tokens": ["c"], "tags": ["O"], "label": "yes"},
    ]


def test_what_is_not_there_is_named(datasets, tmp_path):
    reader = HubReader("json", data_files=rows(tmp_path / "a.jsonl", {"text": "a", "label": None}))
    with pytest.raises(DataError, match=r"json:dev: cannot be loaded .*dev"):
        list(reader.read("dev", WANTED))
    with pytest.raises(DataError, match=r"json:train: no column 'tokens' for the field 'tokens'"):
        list(reader.read("train", {"tokens": None}))
    with pytest.raises(DataError, match=r"json:train:1: the column 'label' holds 'None'"):
        list(reader.read("train", WANTED))
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
