"""CSV, TSV and JSON lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from usable import usable

from seqtasks.data.readers import TableReader
from seqtasks.data.record import Columns
from seqtasks.errors import DataError, UsageError

BOTH: Columns = {"text": None, "label": None}


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def rows(path: Path, columns: Columns = BOTH, **options: object) -> list[tuple[object, ...]]:
    records = usable(TableReader(**options).read(path, columns), columns)
    return [tuple(record.values.values()) for record in records]


def lines(path: Path, columns: Columns = BOTH, **options: object) -> list[int]:
    return [record.line for record in TableReader(**options).read(path, columns)]


def fails(path: Path, *parts: str, columns: Columns = BOTH, **options: object) -> None:
    with pytest.raises(DataError) as caught:
        rows(path, columns, **options)
    assert "\n" not in str(caught.value)
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", 'label,text\n1,"a, ""b"""\r\n\n2, c \n'),
        ("a.CSV", '\ufefflabel , text\n1,"a, ""b"""\n2, c '),
        ("a.tsv", 'label\ttext\n1\ta, "b"\r\n \n2\t c \n'),
        ("a.jsonl", '{"text": "a, \\"b\\"", "label": 1}\n\n{"label": "2", "text": " c "}\n'),
        ("a.ndjson", '{"label": 1, "text": "a, \\"b\\"", "x": null}\n{"label": 2, "text": " c "}'),
        ("a.json", '{"label": 1, "text": "a, \\"b\\""}\n{"label": 2, "text": " c "}'),
    ],
)
def test_reads_by_suffix(tmp_path: Path, name: str, text: str) -> None:
    path = write(tmp_path, name, text)
    assert rows(path) == [('a, "b"', "1"), (" c ", "2")]
    form = "jsonl" if "json" in name else name[2:].lower()
    assert rows(path.rename(tmp_path / "a.data"), format=form) == [('a, "b"', "1"), (" c ", "2")]


def test_delimiter(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", 'label;text\n1;"a;b"\n')
    assert rows(path, delimiter=";") == [("a;b", "1")]
    path = write(tmp_path, "a.tsv", 'label|text\n1|"a"\n')
    assert rows(path, delimiter="|") == [('"a"', "1")]


def test_tsv_quotes_are_characters(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tsv", 'label\ttext\n1\t"open\n2\t"a"\n')
    assert rows(path) == [('"open', "1"), ('"a"', "2")]
    path = write(tmp_path, "a.tsv", 'label\ttext\n1\t"a\tb"\n')
    assert rows(path, format="csv", delimiter="\t") == [("a\tb", "1")]


def test_only_newlines_end_a_row(tmp_path: Path) -> None:
    for name, delimiter in (("a.csv", ","), ("a.tsv", "\t")):
        path = write(tmp_path, name, f"label{delimiter}text\n1{delimiter}a\u2028b\x0bc\x85d\n")
        assert rows(path) == [("a\u2028b\x0bc\x85d", "1")]
    path = write(tmp_path, "a.tsv", "label\ttext\n1\ta\rb\n")
    assert rows(path) == [("a\rb", "1")]


def test_columns_by_number(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "label,text,id\n1,a,x\n2,b,y\n")
    assert rows(path, {"text": 1, "label": -3}) == [("a", "1"), ("b", "2")]
    path = write(tmp_path, "b.csv", "1,a\n2,b\n")
    assert rows(path, {"text": -1, "label": 0}, header=False) == [("a", "1"), ("b", "2")]
    assert lines(path, {"text": -1}, header=False) == [1, 2]


def test_numbers_of_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", 'label,text\n\n1,"a\n\nb"\n2,c\n\n3,"d\r\ne"\n4,f\n')
    assert lines(path) == [3, 6, 8, 10]
    assert rows(path)[::2] == [("a\n\nb", "1"), ("d\ne", "3")]
    path.write_text(path.read_text() + "5\n")
    fails(path, "a.csv:11: no value of 'text'")
    path = write(tmp_path, "a.jsonl", '\n{"text": "a"}\n\n{"text": "b"}\n')
    assert lines(path, {"text": None}) == [2, 4]


def test_long_fields_are_legal(tmp_path: Path) -> None:
    long = "ab " * 100_000
    for name, text in {
        "a.csv": f'label,text\n1,"{long}"\n',
        "a.tsv": f"label\ttext\n1\t{long}\n",
        "a.jsonl": json.dumps({"text": long, "label": 1}),
    }.items():
        assert rows(write(tmp_path, name, text)) == [(long, "1")]


def test_json_values(tmp_path: Path) -> None:
    columns: Columns = {"tokens": None, "a": None, "b": None, "c": None, "d": None}
    text = '{"tokens": ["a", " ", "b"], "a": -1, "b": 1.50, "c": true, "d": "é\\n"}'
    [record] = TableReader().read(write(tmp_path, "a.jsonl", text), columns)
    assert list(record.values.values()) == [["a", " ", "b"], "-1", "1.50", "true", "é\n"]


def test_names_missing_columns(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "label,text_a\n1,a\n")
    with pytest.raises(DataError) as caught:
        rows(path, {"tokens": "txt_a"})
    assert str(caught.value) == (
        f"{path}:1: no column 'txt_a' for the field 'tokens': the columns are 'label', 'text_a' or "
        "0 to 1; name one with tokens.column=..., or set reader.header=false if the "
        "first row is data. Did you mean 'text_a'?"
    )
    fails(path, "no column 2 for the field 'text'", "or 0 to 1", columns={"text": 2})
    fails(path, "no column 'text'", "the columns are 0 to 1;", header=False)
    path = write(tmp_path, "a.jsonl", '{"text": "a", "label": 1}\n{"text": "b", "lable": 1}\n')
    fails(path, "a.jsonl:2: no value of 'label'")
    path = write(tmp_path, "a.jsonl", '{"text": "b", "lable": 1}\n{"text": "a"}\n')
    fails(path, "a.jsonl:1: no column 'label'", "are 'text', 'lable';", "Did you mean 'lable'?")
    fails(path, "a.jsonl:1: no column 0", columns={"text": 0})
    fails(write(tmp_path, "b.jsonl", "{}\n"), "b.jsonl:1: no column 'text'", "are none;")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "label,text\n1,a\n2\n", "a.csv:3: no value of 'text'; write one"),
        ("a.tsv", "label\ttext\n1\ta\tb\n", "a.tsv:2: 3 columns found, 2 expected as on"),
        ("a.csv", "text,label,text\na,1,b\n", "a.csv:1: the column 'text' is there twice"),
        ("a.csv", 'label,text\n1,a\n2,"b\n3,c\n', "a.csv:3: not valid CSV (unexpected end"),
        ("a.csv", 'label,text\n1,"a"b\n', "a.csv:2: not valid CSV ("),
        ("a.csv", "label,text\n1,a\rb\n", "a.csv:2: a carriage return in a cell without"),
        ("a.csv", "label,text\n1,\n", "a.csv:2: no value of 'text'"),
        ("a.tsv", "label\ttext\n \ta\n", "a.tsv:2: no value of 'label'"),
        ("a.csv", "label,text\n", "a.csv: no rows of data"),
        ("a.jsonl", "\n\n", "a.jsonl: no rows of data"),
        ("a.csv", "", "a.csv: empty file"),
        ("a.txt", "label,text\n1,a\n", "a.txt: the suffix '.txt' names no format (known: .csv, "),
        ("a.jsonl", '{"text": "a", "label": null}', "a.jsonl:1: no value of 'label'"),
        ("a.jsonl", '{"text": NaN, "label": 1}', "a.jsonl:1: no value of 'text'"),
        ("a.jsonl", '{"text": {}, "label": 1}', "a.jsonl:1: the column 'text' holds an object"),
        ("a.jsonl", '{"text": ["a", null], "label": 1}', "holds a list of other things"),
        ("a.jsonl", '{"text": ["a", ""], "label": 1}', "the column 'text' holds an empty token"),
        ("a.jsonl", '{"text": [], "label": 1}', "a.jsonl:1: no value of 'text'"),
        ("a.jsonl", '{"text": " ", "label": 1}', "a.jsonl:1: no value of 'text'"),
        ("a.jsonl", '{"text": "\\ud83d", "label": 1}', "the column 'text' holds half a character"),
        ("a.jsonl", '\n{"text": "a" "label"}', "a.jsonl:2: not valid JSON (Expecting ',' delim"),
        ("a.jsonl", "[" * 100_000, "a.jsonl:1: not valid JSON ("),
        ("a.json", '[{"text": "a"},\n{"text": "b"}]', "a.json:1: no column 'label'"),
        ("a.json", '["a"]', "a.json:1: a string or number where an object is expected"),
        ("a.json", "3", "a.json:1: a string or number where an object"),
    ],
)
def test_refuses_bad_files(tmp_path: Path, name: str, text: str, message: str) -> None:
    fails(write(tmp_path, name, text), message)


def test_nameless_columns_go_by_number(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", ",text,\n0,a,1\n")
    assert rows(path, {"text": None, "label": -1}) == [("a", "1")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"format": "json"},
            "format: there is no 'json'; Did you mean 'jsonl'? The choices are",
        ),
        ({"format": "xls"}, "The choices are csv, tsv, jsonl, parquet, arrow."),
        ({"delimiter": ""}, "delimiter: give one character other than a quote or a line end"),
        ({"delimiter": "||"}, "delimiter: give one character other than a quote or a line end"),
        ({"delimiter": '"'}, "give one character other than a quote"),
        (
            {"delimiter": ",", "format": "jsonl"},
            "delimiter: JSON lines have no delimiter",
        ),
        ({"encoding": "utf9"}, "encoding: there is no text encoding 'utf9'"),
    ],
)
def test_refuses_unknown_options(options: dict, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        TableReader(**options)
    assert message in str(caught.value)


def test_refuses_a_delimiter_for_json(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jsonl", '{"text": "a"}')
    with pytest.raises(UsageError, match="JSON lines have no delimiter"):
        rows(path, delimiter=",")
