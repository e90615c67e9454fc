"""A text a line, with or without its label."""

from __future__ import annotations

from pathlib import Path

import pytest
from usable import usable

from seqtasks.data.readers import LineReader
from seqtasks.data.record import Columns
from seqtasks.errors import DataError, UsageError

BOTH: Columns = {"tokens": None, "label": None}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.txt"


def pairs(path: Path, text: str, **options: str) -> list[tuple[object, object]]:
    path.write_bytes(text.encode())
    records = usable(LineReader(**options).read(path, BOTH), BOTH)
    return [(record.values["tokens"], record.values["label"]) for record in records]


def test_label_first(path: Path) -> None:
    text = "1 a  good film .\r\n\n \t\n  0 \t bad \u2028one \n"
    assert pairs(path, text) == [("a  good film .", "1"), ("bad \u2028one ", "0")]


def test_label_last(path: Path) -> None:
    text = "  a  good film . 1\nbad\u3000one\t0  \n"
    assert pairs(path, text, label="last") == [("  a  good film .", "1"), ("bad\u3000one", "0")]


def test_separator(path: Path) -> None:
    text = " very good \ta film\tof 2020\n"
    assert pairs(path, text, separator="\t") == [("a film\tof 2020", "very good")]
    assert pairs(path, text, separator="\t", label="last") == [(" very good \ta film", "of 2020")]


def test_lines_are_numbered(path: Path) -> None:
    path.write_text("\n1 a\n\n2 b\n")
    assert [record.line for record in LineReader().read(path, BOTH)] == [2, 4]


@pytest.mark.parametrize("column", [None, "text"])
def test_without_a_label_the_line_is_the_text(path: Path, column: str | None) -> None:
    path.write_text("1 one film\n\n two \nthree\n")
    records = LineReader().read(path, {"tokens": column})
    assert [record.values for record in records] == [
        {"tokens": "1 one film"},
        {"tokens": " two "},
        {"tokens": "three"},
    ]


def test_columns_by_name(path: Path) -> None:
    path.write_text("1 one film\n")
    [record] = LineReader().read(path, {"tokens": "text", "genre": "label"})
    assert record.values == {"tokens": "one film", "genre": "1"}


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("1 a\n0\n", {}, "a.txt:2: no value of 'tokens'; write one, or remove the line"),
        ("1 a\n0 \n", {}, "a.txt:2: no value of 'tokens'"),
        ("a 1\n 0\n", {"label": "last"}, "a.txt:2: no value of 'tokens'"),
        ("1\ta\n0\t \n", {"separator": "\t"}, "a.txt:2: no value of 'tokens'"),
        ("1\ta\n \tb\n", {"separator": "\t"}, "a.txt:2: no value of 'label'"),
        ("1\ta\n0 b\n", {"separator": "\t"}, "a.txt:2: no separator '\\t' between label and text"),
        ("\n \n", {}, "a.txt: blank lines only"),
    ],
)
def test_refuses_bad_lines(path: Path, text: str, options: dict, message: str) -> None:
    with pytest.raises(DataError) as caught:
        pairs(path, text, **options)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_refuses_other_columns(path: Path) -> None:
    path.write_text("1 a\n")
    with pytest.raises(DataError) as caught:
        list(LineReader().read(path, {"tokens": None, "labels": None}))
    assert str(caught.value) == (
        f"{path}: no column 'labels' for the field 'labels': the columns are 'text', 'label'; "
        "name one with labels.column=... Did you mean 'label'?"
    )
    with pytest.raises(DataError, match="no column 0 for the field 'tokens'"):
        list(LineReader().read(path, {"tokens": 0}))


def test_refuses_unknown_options() -> None:
    with pytest.raises(UsageError) as caught:
        LineReader(label="frist")
    assert str(caught.value) == (
        "label: there is no 'frist'; Did you mean 'first'? The choices are first, last."
    )
    with pytest.raises(UsageError, match="separator: give a string"):
        LineReader(separator="")
    with pytest.raises(UsageError, match="encoding: there is no text encoding 'utf9'"):
        LineReader(encoding="utf9")


def test_what_a_line_lacks_is_blank(path: Path) -> None:
    path.write_text("1\ta\n\tb\n0\n", "utf-8")
    records = list(LineReader(separator="\t").read(path, BOTH))
    assert [record.values for record in records] == [
        {"tokens": "a", "label": "1"},
        {"tokens": "b", "label": ""},
        {},
    ]
    assert records[2].fault.startswith("no separator '\\t' between label and text; correct")
    path.write_text("1 a\n0\n", "utf-8")
    assert [r.values["tokens"] for r in LineReader().read(path, BOTH)] == ["a", ""]


def test_labels_of_fast_text(path: Path) -> None:
    text = "__label__pos  good film\n__label__a __label__b-c both\nnone\n__label__d\n"
    path.write_text(text, "utf-8")
    found = [tuple(record.values.values()) for record in LineReader().read(path, BOTH)]
    assert found == [("good film", "pos"), ("both", ["a", "b-c"]), ("none", []), ("", "d")]
    [first, *_] = LineReader().read(path, {"tokens": None})
    assert first.values == {"tokens": "__label__pos  good film"}
    [first, *_] = LineReader(label="last").read(path, BOTH)
    assert first.values == {"tokens": "__label__pos  good", "label": "film"}


def test_only_ends_of_lines_end_a_line(path: Path) -> None:
    path.write_bytes("\ufeff1 a\x1cb\u2028c\x85d\r\n\ufeff0 e\u00a0f\ufeffg".encode())
    found = [tuple(record.values.values()) for record in LineReader().read(path, BOTH)]
    assert found == [("a\x1cb\u2028c\x85d", "1"), ("e\u00a0f\ufeffg", "0")]
    path.write_bytes(b"1 a\r0 b\r")
    assert [r.line for r in LineReader().read(path, BOTH)] == [1, 2]
