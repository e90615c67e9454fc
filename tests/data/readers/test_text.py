"""Whole texts, and the frame Project Gutenberg puts around them."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqtasks.data.readers import TextReader
from seqtasks.errors import DataError, UsageError

START = "*** START OF THIS PROJECT GUTENBERG EBOOK A BOOK ***"
END = "*** END OF THIS PROJECT GUTENBERG EBOOK A BOOK ***"


def read(path: Path, **options: object) -> list:
    return list(TextReader(**options).read(path, {"tokens": None}))


def test_a_file_is_a_record(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\r\n\ntwo ")
    (tmp_path / "b.txt").write_bytes(b"three")
    records = list(TextReader().read(f"{tmp_path}/*.txt", {"tokens": None, "copy": "text"}))
    assert [r.values["tokens"] for r in records] == ["one\n\ntwo ", "three"]
    assert records[0].values["copy"] == "one\n\ntwo "
    assert [r.place for r in records] == [f"{tmp_path}/a.txt:1", f"{tmp_path}/b.txt:1"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (START, END),
        (START.replace("THIS", "THE"), END.replace("THIS", "THE")),
        (START.replace("*** S", "***S"), END.replace("*** E", "***E")),
        (START.title(), END.title()),
        (START, f"End of Project Gutenberg's A Book, by B\n\n{END}"),
        (START, f"End of the Project Gutenberg EBook of A Book, by B\n\n{END}"),
        ("*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*", END),
    ],
)
def test_strips_the_frame(tmp_path: Path, start: str, end: str) -> None:
    path = tmp_path / "a.txt"
    body = "\nChapter *** I\n\nThe end of Project Gutenberg.\n"
    tail = "\n***** This file should be named 1.txt *****\n*** START: FULL LICENSE ***\n"
    path.write_text(f"Title\n\n{start}\n{body}{end}{tail}")
    [record] = read(path, strip_gutenberg=True)
    assert record.values["tokens"] == body
    assert record.line == 4
    [record] = read(path)
    assert record.values["tokens"].startswith("Title")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Only a book.\n", "no line '*** START OF THE PROJECT GUTENBERG ...'"),
        (f"{START}\nOnly a book.\n", "no line '*** END OF THE PROJECT GUTENBERG ...'"),
        (f"Only a book.\n{END}\n", "no line '*** START OF THE PROJECT GUTENBERG ...'"),
        (f"a\n{START}\n\n{END}\n", "a.txt:3: only white space"),
    ],
)
def test_refuses_a_missing_frame(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(DataError) as caught:
        read(tmp_path / "a.txt", strip_gutenberg=True)
    assert message in str(caught.value)


def test_refuses_white_space_only(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" \n\t\n\u3000")
    with pytest.raises(DataError, match=r"a\.txt:1: only white space; give a file that holds text"):
        read(tmp_path / "a.txt")


@pytest.mark.parametrize("column", ["txt", 0])
def test_refuses_another_column(tmp_path: Path, column: str | int) -> None:
    (tmp_path / "a.txt").write_text("a")
    with pytest.raises(DataError, match=r"a\.txt: no column .* the columns are 'text'; name one"):
        list(TextReader().read(tmp_path / "a.txt", {"tokens": column}))


@pytest.mark.parametrize("encoding", ["utf-9", "base64", None])
def test_refuses_an_unknown_encoding(encoding: str) -> None:
    with pytest.raises(UsageError, match="encoding: there is no text encoding"):
        TextReader(encoding=encoding)


def test_names_the_nearest_encoding() -> None:
    with pytest.raises(UsageError, match=r"Did you mean 'latin1'\?"):
        TextReader(encoding="lattin1")


def test_line_ends_as_words(tmp_path: Path) -> None:
    (tmp_path / "ptb.txt").write_text(" no it was n't \n black <unk>\n", "utf-8")
    [record] = read(tmp_path / "ptb.txt", line_end="<eos>")
    words = " ".join(record.values["tokens"].split())
    assert words == "no it was n't <eos> black <unk> <eos>"


def test_an_empty_file_among_others_is_passed_over(tmp_path: Path, caplog) -> None:
    for name, text in {"a.txt": "", "b.txt": " \n", "c.txt": "text"}.items():
        (tmp_path / name).write_text(text)
    assert [r.path for r in TextReader().read(f"{tmp_path}/*.txt", {"tokens": None})] == [
        f"{tmp_path}/c.txt"
    ]
    assert len(caplog.records) == 2
