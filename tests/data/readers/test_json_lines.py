"""JSON in all its layouts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seqtasks.data.readers import TableReader, json_documents
from seqtasks.data.record import Columns, Record
from seqtasks.errors import DataError

BOTH: Columns = {"text": None, "label": None}
TWO = [{"text": "a", "label": 1}, {"text": "b", "label": 2}]


def records(folder: Path, text: str, columns: Columns = BOTH) -> list[Record]:
    path = folder / "a.json"
    path.write_bytes(text.encode())
    return list(TableReader().read(path, columns))


def fails(folder: Path, text: str) -> str:
    with pytest.raises(DataError) as caught:
        records(folder, text)
    return str(caught.value).removeprefix(f"{folder}/")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (json.dumps(TWO), [1, 1]),
        (json.dumps(TWO, indent=2), [2, 6]),
        (json.dumps(TWO, indent=0).replace("\n", "\r\n"), [2, 6]),
        ("\n" + "\n".join(json.dumps(row, indent=1) for row in TWO), [2, 6]),
        ("[\n" + ",\n".join(map(json.dumps, TWO)) + "\n]\n", [2, 3]),
        (",\n".join(map(json.dumps, TWO)) + "\n", [1, 2]),
        ("\ufeff" + "\n\ufeff".join(map(json.dumps, TWO)), [1, 2]),
        ("[" + json.dumps(TWO[0]) + "]\n[" + json.dumps(TWO[1]) + "]\n", [1, 2]),
    ],
)
def test_lists_and_objects_over_lines(tmp_path: Path, text: str, lines: list[int]) -> None:
    found = records(tmp_path, text)
    assert [tuple(record.values.values()) for record in found] == [("a", "1"), ("b", "2")]
    assert [record.line for record in found] == lines


@pytest.mark.parametrize(
    ("written", "label"),
    [
        *[("true", "true"), ("false", "false"), ('"true"', "true"), ("1", "1"), ("1.0", "1.0")],
        *[("1.50", "1.50"), ("1e5", "1e5"), ("-0", "-0"), ("null", ""), ("NaN", ""), ('""', "")],
        *[('["a", "b"]', ["a", "b"]), ("[1, 2.0]", ["1", "2.0"]), ("[]", [])],
        ("12345678901234567890", "12345678901234567890"),
    ],
)
def test_labels_are_as_they_are_written(tmp_path: Path, written: str, label: object) -> None:
    [record] = records(tmp_path, f'{{"text": "a", "label": {written}}}\n')
    assert record.values == {"text": "a", "label": label}
    assert not record.fault


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{bad", "not valid JSON (Expecting property name"),
        ("{'text': 'a'}", "not valid JSON (Expecting property name"),
        ('{"text": "a"}{"text": "b"}', "not valid JSON (Extra data)"),
        ('{"text": "a", "label": 1', "not valid JSON (Expecting ',' delimiter)"),
        ('["a"]', "a list where an object is expected"),
        ("3", "a string or number where an object is expected"),
        ('{"text": {}, "label": 1}', "the column 'text' holds an object"),
        ('{"text": -Infinity, "label": 1}', "the column 'text' holds infinity"),
        ('{"text": ["a", null], "label": 1}', "the column 'text' holds a list of other things"),
        ('{"text": ["a", ""], "label": 1}', "the column 'text' holds an empty token"),
        ('{"text": "\\ud83d", "label": 1}', "the column 'text' holds half a character"),
    ],
)
def test_a_bad_line_is_a_fault(tmp_path: Path, line: str, fault: str) -> None:
    first, bad, last = records(tmp_path, f"{json.dumps(TWO[0])}\n{line}\n{json.dumps(TWO[1])}\n")
    assert bad.fault.startswith(fault)
    assert (first.line, bad.line, last.line) == (1, 2, 3)
    assert not first.fault + last.fault


def test_a_name_that_an_object_lacks_is_missing(tmp_path: Path) -> None:
    found = records(tmp_path, '{"label": 1}\n{"text": "a"}\n{"text": "b", "label": 2}\n')
    assert [record.values for record in found] == [
        {"text": "", "label": "1"},
        {"text": "a", "label": ""},
        {"text": "b", "label": "2"},
    ]


def test_names_that_are_numbers(tmp_path: Path) -> None:
    [record] = records(tmp_path, '{"0": "a", "1": "x"}\n', {"text": 0, "label": "1"})
    assert record.values == {"text": "a", "label": "x"}


def test_characters_within_a_string(tmp_path: Path) -> None:
    cell = "a\x1cb\x85c\u2028d\x0be\tf\ufeffg"
    [record] = records(tmp_path, f'{{"text": "{cell}", "label": "x\\n\\u0000"}}\n')
    assert record.values == {"text": cell, "label": "x\n\0"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"version": 1, "data": [{"text": "a"}]}', "or give the 1 objects in 'data' as a list"),
        ('{"version": 1,\n"data": [{"text": "a"}]}', "or give the 1 objects in 'data' as a list"),
        (
            f"[{json.dumps(TWO[0])}\n{json.dumps(TWO[1])}]",
            "a.json:2: not valid JSON (Expecting ','",
        ),
        (f"[{json.dumps(TWO[0])},\n\n{{", "a.json:3: not valid JSON ("),
        (f"[{json.dumps(TWO[0])},\n", "a.json: the list of objects is not closed"),
        ('["a", "b"]', "a.json:1: a string or number where an object is expected"),
        ("[]", "a.json: no rows of data"),
        ("\n\n", "a.json: no rows of data"),
    ],
)
def test_what_is_no_list_of_objects_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert said in fails(tmp_path, text)


def test_a_list_is_read_up_to_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_documents, "_LARGEST", 10)
    monkeypatch.setattr("seqtasks.data.readers.decoding._BLOCK", 16)
    assert "of more than 10 characters; write one object a line" in fails(
        tmp_path, json.dumps(TWO, indent=2)
    )
