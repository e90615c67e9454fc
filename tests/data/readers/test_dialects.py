"""How the cells of a table are written, told from its first rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqtasks.data.readers import TableReader
from seqtasks.data.record import Columns, Record
from seqtasks.errors import DataError

BOTH: Columns = {"text": None, "label": None}
NUMBERED: Columns = {"text": 0, "label": 1}


def records(folder: Path, name: str, text: str, columns: Columns = BOTH, **options) -> list[Record]:
    path = folder / name
    path.write_bytes(text.encode())
    return list(TableReader(**options).read(path, columns))


def rows(folder: Path, name: str, text: str, columns: Columns = BOTH, **options) -> list[object]:
    return [
        r.fault or tuple(r.values.values()) for r in records(folder, name, text, columns, **options)
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", 'text;label\n"a;b, c";x\nd;y\n', "a semicolon between cells; data.reader"),
        ("a.csv", "text\tlabel\na;b, c\tx\nd\ty\n", "a tab between cells"),
        ("a.csv", "text|label\na;b, c|x\nd|y\n", "'|' between cells"),
        (
            "a.csv",
            "id, long;text;label\n1;a;b, c\n".replace("a;b, c", '"a;b, c";x') + "2;d;y\n",
            "semi",
        ),
        ("a.tsv", 'text,label\n"a;b, c",x\nd,y\n', "a comma between cells, quotes around cells"),
        ("a.tsv", '"text"\t"label"\n"a;b, c"\t"x"\n"d"\t"y"\n', "read with quotes around cells"),
        ("a.csv", '"text", "label"\n"a;b, c", "x"\nd, y\n', "read with spaces before quotes"),
    ],
)
def test_the_dialect_that_gives_the_wanted_columns(
    tmp_path: Path, name: str, text: str, said: str, caplog
) -> None:
    assert rows(tmp_path, name, text) == [("a;b, c", "x"), ("d", "y")]
    [record] = caplog.records
    assert said in record.getMessage()


def test_quotes_behind_backslashes(tmp_path: Path, caplog) -> None:
    text = 'text,label\n"say \\"hi\\", you",x\n"C:\\\\",y\n"\\\\\\"",z\n'
    assert rows(tmp_path, "a.csv", text) == [
        ('say "hi", you', "x"),
        ("C:\\\\", "y"),
        ('\\\\"', "z"),
    ]
    assert "read with backslashes before quotes" in caplog.text


def test_the_dialect_with_the_fewest_bad_rows(tmp_path: Path, caplog) -> None:
    text = "text,label\n" + "a,x\n" * 200 + '"say \\"hi\\"",y\na,b,c\n"say \\"ho\\"",z\n'
    found = rows(tmp_path, "a.csv", text)
    assert (found[200], found[202]) == (('say "hi"', "y"), ('say "ho"', "z"))
    assert str(found[201]).startswith("3 columns found, 2 expected")
    assert "read with backslashes before quotes" in caplog.text
    text = 'text\tlabel\n"a\tx\nb\ty\tz\n"c\tx\n'
    assert rows(tmp_path, "a.tsv", text)[::2] == [('"a', "x"), ('"c', "x")]


def test_what_is_usual_stays(tmp_path: Path, caplog) -> None:
    assert rows(tmp_path, "a.csv", "text\nhello; you\n", {"text": None}) == [("hello; you",)]
    assert rows(tmp_path, "a.csv", "hello; you\n", {"text": 0}, header=False) == [("hello; you",)]
    assert rows(tmp_path, "a.csv", "text,label\na;b,x;y\n") == [("a;b", "x;y")]
    assert rows(tmp_path, "a.tsv", 'text\tlabel\n"a\tx\n') == [('"a', "x")]
    assert not caplog.records


def test_columns_by_number_tell_the_delimiter_too(tmp_path: Path) -> None:
    assert rows(tmp_path, "a.csv", "a;x\nb;y\n", NUMBERED, header=False) == [("a", "x"), ("b", "y")]
    last: Columns = {"text": 0, "label": -1}
    assert rows(tmp_path, "a.csv", "a;x\nb;y\n", last, header=False) == [("a", "x"), ("b", "y")]


def test_a_delimiter_that_is_given_is_taken(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the columns are 'text;label' or 0;"):
        rows(tmp_path, "a.csv", "text;label\na;x\n", delimiter=",")


def test_an_error_names_the_columns_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a.csv:1: no column 'text'.*are 'review', 'class' or"):
        rows(tmp_path, "a.csv", "review;class\na;x\n")


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "sep=; ", "\ufeffsep=;"])
def test_the_first_line_of_excel(tmp_path: Path, first: str, caplog) -> None:
    text = f'{first}\r\ntext;label\r\n"a\r\nb";x,y\r\nc;z\r\n'
    found = records(tmp_path, "a.csv", text)
    assert [(r.line, *r.values.values()) for r in found] == [(3, "a\nb", "x,y"), (5, "c", "z")]
    assert not caplog.records


def test_rows_that_are_short_long_or_blank(tmp_path: Path) -> None:
    text = "text,label,\na,x,\nb,y,,,\nc,\nd\n,,,\n\ne,x,z,w\n"
    assert rows(tmp_path, "a.csv", text) == [
        *[("a", "x"), ("b", "y"), ("c", ""), ("d", "")],
        "4 columns found, 3 expected as on line 1; correct the row, or put cells with ',' in "
        "quotes",
    ]
    assert rows(tmp_path, "a.tsv", "text\tlabel\r\na\tx\t\r\nb\r\n") == [("a", "x"), ("b", "")]


def test_a_quote_that_is_not_closed_is_named_by_its_line(tmp_path: Path) -> None:
    for text in ('text,label\na,x\n"b\nc",y\n"d\n', 'text,label\n"a\nb","c\nd,"e"\nf,x\n'):
        line = 5 if text.endswith("d\n") else 3
        with pytest.raises(DataError, match=rf"a.csv:{line}: not valid CSV \("):
            rows(tmp_path, "a.csv", text)


def test_a_quote_within_a_cell_spoils_its_row_alone(tmp_path: Path) -> None:
    [fault, good] = rows(tmp_path, "a.csv", 'text,label\n"say "hi"",x\n"b",y\n')
    assert str(fault).startswith("not valid CSV (',' expected after '\"'); close the quotes")
    assert good == ("b", "y")
    [fault, good] = rows(tmp_path, "a.csv", "text,label\na\rb,x\nb,y\n")
    assert str(fault).startswith("a carriage return in a cell without quotes; remove it")


def test_the_header_may_stand_again(tmp_path: Path, caplog) -> None:
    text = "text,label\na,x\n\ufefftext,label\nb,y\n"
    assert rows(tmp_path, "a.csv", text) == [("a", "x"), ("b", "y")]
    assert "a.csv:3: a row that repeats the header is left out" in caplog.text


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("0,1\na,x\n", {"text": 0, "label": 1}, ("a", "x")),
        (",0,1\n7,a,x\n", {"text": 0, "label": 1}, ("a", "x")),
        (",0,1\n7,a,x\n", {"text": "0", "label": "1"}, ("a", "x")),
        ("one,two\na,x\n", {"text": "0", "label": "-1"}, ("a", "x")),
        ("2019,2020\na,x\n", {"text": 2019, "label": 2020}, ("a", "x")),
        ("text,text,label\na,b,x\n", {"text": 0, "label": None}, ("a", "x")),
        ("text,,,label\na,b,c,x\n", {"text": None, "label": None}, ("a", "x")),
        (" text ,\tlabel\na,x\n", {"text": None, "label": None}, ("a", "x")),
    ],
)
def test_columns_by_name_and_number(tmp_path: Path, text: str, columns, expected) -> None:
    assert rows(tmp_path, "a.csv", text, columns) == [expected]


def test_a_wanted_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        rows(tmp_path, "a.csv", "text,text,label\na,b,x\n")
    assert "a.csv:1: the column 'text' is there twice; give each its own name, or give" in str(
        caught.value
    )


def test_a_first_row_that_looks_like_the_other_kind(tmp_path: Path, caplog) -> None:
    rows(tmp_path, "a.csv", "good film,pos\nbad film,neg\nfine,pos\n", NUMBERED)
    [record] = caplog.records
    assert "a.csv:1: the first row is read as names, though 'pos' stands in" in record.getMessage()
    caplog.clear()
    rows(tmp_path, "a.csv", "text,label\nbad film,neg\n", NUMBERED, header=False)
    [record] = caplog.records
    assert "a.csv:1: the first row is read as data, though it holds 'text'" in record.getMessage()
    caplog.clear()
    rows(tmp_path, "a.csv", "text,label\nlabel,text\nlabel,label\n")
    rows(tmp_path, "a.csv", "what is a class ?,class\nx,y\n", NUMBERED, header=False)
    assert not caplog.records


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_characters_within_a_cell(tmp_path: Path, name: str) -> None:
    cell = "a\x1cb\x1dc\x1ed\x1fe\x85f\u2028g\u2029h\x0bi\x0cj\xa0k\u200bl\ufeffm"
    between = "," if name == "a.csv" else "\t"
    assert rows(tmp_path, name, f"text{between}label\n{cell}{between}x\n") == [(cell, "x")]


def test_an_empty_file_among_others_is_passed_over(tmp_path: Path, caplog) -> None:
    for name, text in {"a.csv": "", "b.csv": "text,label\n", "c.csv": "text,label\na,x\n"}.items():
        (tmp_path / name).write_text(text)
    found = list(TableReader().read(f"{tmp_path}/*.csv", BOTH))
    assert [record.place for record in found] == [f"{tmp_path}/c.csv:2"]
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path}/{name}.csv: the file holds nothing to read and is passed over" for name in "ab"
    ]
    with pytest.raises(DataError, match=r"a\.csv: empty file"):
        list(TableReader().read(f"{tmp_path}/[ab].csv", BOTH))
