"""Encodings that a file tells, or may be in."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqtasks.data.readers.encodings import guessed_wide, likely_encodings
from seqtasks.data.readers.files import read_lines, read_whole
from seqtasks.errors import DataError

LATIN = "Läufer\r\nlaufen\r\n"
CHINESE = "这是一个句子\n第二句话\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.txt"


def fails(path: Path, encoding: str = "utf-8") -> str:
    with pytest.raises(DataError) as caught:
        list(read_lines(path, encoding))
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}")


@pytest.mark.parametrize("text", [LATIN, CHINESE])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("named", ["utf-8", "latin-1", "gb18030", "utf-16-be", "ascii"])
def test_a_mark_decides(path: Path, text: str, encoding: str, named: str, caplog) -> None:
    path.write_bytes(text.encode(encoding))
    assert read_whole(path, named) == text.replace("\r\n", "\n")
    told = [record.getMessage() for record in caplog.records]
    assert told == [] if (named, encoding) == ("utf-8", "utf-8-sig") else len(told) == 1


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_text_without_a_mark_is_read(path: Path, encoding: str, caplog) -> None:
    path.write_bytes(LATIN.encode(encoding))
    assert read_whole(path) == "Läufer\nlaufen\n"
    [record] = caplog.records
    assert f"read as {encoding}, as its NUL bytes show, and not as utf-8" in record.getMessage()
    assert read_whole(path, encoding[:6]) == "Läufer\nlaufen\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_text_that_is_not_sure_is_named(path: Path, encoding: str) -> None:
    path.write_bytes(CHINESE.encode(encoding))
    assert (
        f"a NUL byte, as in a binary file; give a text file, or set reader.encoding={encoding}"
        in (fails(path))
    )
    assert read_whole(path, encoding) == CHINESE


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"text\n\0\0\0\0", b"\0" * 64])
def test_what_is_binary_is_no_wide_text(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert "a NUL byte, as in a binary file" in fails(path)
    assert guessed_wide(data, 0.5) is None


def test_all_bad_lines_are_listed(path: Path) -> None:
    path.write_bytes("é\nb\n".encode() + b"caf\xe9\n\xe9 \xe8\nd\n")
    assert fails(path) == (
        ":3: not valid utf-8 (byte 0xe9), nor is line 4: 1 other line is utf-8 beyond ASCII, so "
        "correct these bytes, which may be cp1252"
    )
    path.write_bytes(b"caf\xe9\n" * 30)
    assert "nor are lines 2, 3, 4" in fails(path)
    assert "19, 20 and 10 more: convert the file to utf-8 or set reader.encoding=cp1252" in (
        fails(path)
    )


@pytest.mark.parametrize(
    ("text", "encoding", "first"),
    [
        ("Ein Käse, süß und fein\n", "cp1252", "cp1252"),
        ("这是一个句子\n第二句话，更长\n", "gb18030", "gb18030"),
        ("Это предложение на русском\n", "cp1251", "cp1251"),
        ("これは日本語の文です。\n", "shift_jis", "shift_jis"),
    ],
)
def test_likely_encodings_hold_the_right_one(text: str, encoding: str, first: str) -> None:
    assert first in likely_encodings(text.encode(encoding), "utf-8")


def test_utf_8_in_another_encoding_is_said(path: Path, caplog) -> None:
    path.write_bytes("Käse\n".encode())
    assert read_whole(path, "latin-1") == "KÃ¤se\n"
    assert "read as latin-1, though it is valid utf-8 beyond ASCII" in caplog.text
    caplog.clear()
    path.write_bytes("Käse\n".encode("latin-1"))
    assert read_whole(path, "latin-1") == "Käse\n"
    path.write_bytes("这是一个句子\n".encode("gb18030"))
    assert read_whole(path, "gb18030") == "这是一个句子\n"
    assert not caplog.records


def test_likely_encodings_fit() -> None:
    assert likely_encodings("Käse\n".encode(), "ascii") == ["utf-8"]
    assert likely_encodings(b"K\xe4se\x81\n", "utf-8") == ["latin-1"]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"\x1f\x8b\x08\0", "compressed by gzip; give the file the suffix .gz"),
        (b"PK\x03\x04\x14\0", "a zip archive or an Excel workbook"),
        (b"%PDF-1.5\n", "a PDF; give its text"),
        (b"PAR1\x15\0", "a Parquet file; read it with data=table"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "run git lfs pull"),
    ],
)
def test_what_is_no_text_is_named(path: Path, head: bytes, said: str) -> None:
    path.write_bytes(head)
    assert said in fails(path)
