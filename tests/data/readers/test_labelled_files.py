"""A file for each label."""

from __future__ import annotations

import pytest

from seqtasks.data.readers import LabelledFileReader
from seqtasks.errors import DataError, UsageError

COLUMNS = {"tokens": None, "label": None}


@pytest.fixture
def names(tmp_path):
    (tmp_path / "Greek.txt").write_text("Pappas\nAlex\n\n  Pappas \n", "utf-8")
    (tmp_path / "Polish.txt").write_text("Nowak\nAlex\n", "utf-8")
    return f"{tmp_path}/*.txt"


@pytest.mark.parametrize(
    ("repeated", "expected"),
    [
        ("keep", "Greek:Pappas Greek:Alex Greek:Pappas Polish:Nowak Polish:Alex"),
        ("once", "Greek:Pappas Greek:Alex Polish:Nowak"),
        ("unambiguous", "Greek:Pappas Polish:Nowak"),
    ],
)
def test_the_label_is_the_name_of_the_file(names, repeated, expected):
    records = list(LabelledFileReader(repeated).read(names, COLUMNS))
    found = [f"{r.values['label']}:{r.values['tokens']}" for r in records]
    assert found == expected.split()
    assert records[0].place == names.replace("*", "Greek") + ":1"


@pytest.mark.parametrize("repeated", ["keep", "once"])
def test_records_come_while_the_files_are_read(names, tmp_path, repeated):
    (tmp_path / "Zulu.txt").write_bytes(b"\xe9\n")
    records = LabelledFileReader(repeated).read(names, COLUMNS)
    assert next(records).values == {"tokens": "Pappas", "label": "Greek"}
    with pytest.raises(DataError, match=r"Zulu\.txt:1: not valid utf-8"):
        list(records)


def test_columns_by_name(names):
    [first, *_] = LabelledFileReader().read(names, {"word": "text", "language": "label"})
    assert first.values == {"word": "Pappas", "language": "Greek"}
    with pytest.raises(DataError, match="'tag'"):
        list(LabelledFileReader().read(names, {"tags": "tag"}))


def test_bad_files_and_options(tmp_path):
    (tmp_path / "Empty.txt").write_text("\n \n", "utf-8")
    with pytest.raises(DataError, match="blank lines only"):
        list(LabelledFileReader().read(tmp_path / "Empty.txt", COLUMNS))
    with pytest.raises(UsageError, match="unambiguous"):
        LabelledFileReader("twice")


def test_an_empty_file_among_others_is_passed_over(names, tmp_path, caplog):
    (tmp_path / "Dutch.txt").write_text("\n")
    for repeated in ("keep", "once", "unambiguous"):
        labels = {r.values["label"] for r in LabelledFileReader(repeated).read(names, COLUMNS)}
        assert labels == {"Greek", "Polish"}
    assert "Dutch.txt: the file holds nothing to read and is passed over" in caplog.text
