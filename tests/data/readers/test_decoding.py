"""Bytes as text, block by block."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from seqtasks.data.readers import decoding
from seqtasks.data.readers.decoding import text_blocks
from seqtasks.data.readers.files import line_blocks, read_lines
from seqtasks.errors import DataError

TEXT = "one\r\n\r\ntwo\r\r\n\ufeff😀é\rß中文 😀\n\n\r\nend"
READ = "one\n\ntwo\n😀é\rß中文 😀\n\n\nend"
PLAIN = "one\r\n\r\nend\r"


@pytest.fixture(params=[1, 4, 5, 7, 2**18])
def path(tmp_path: Path, request, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(decoding, "_BLOCK", request.param)
    return tmp_path / "a.txt"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", TEXT),
        ("utf-8", "\ufeff\ufeff" + TEXT),
        ("utf-8-sig", TEXT),
        ("utf-16", TEXT),
        ("utf-16-be", TEXT),
        ("utf-16-le", "\ufeff" + TEXT),
        ("utf-32", TEXT),
        ("utf-7", TEXT),
        ("gb18030", TEXT),
        ("shift_jis", "一\r\nソ表\r\nb\r"),
        ("iso2022_jp", "一\r\n二a\r\nb\r"),
        ("iso2022_kr", "한\r\n글a\r\nb\r"),
        ("latin-1", "é\r\n\r\nÿ\r"),
        ("cp1252", "€\r\n\r\nÿ\r"),
        ("ascii", PLAIN),
    ],
)
def test_blocks_of_any_size_give_the_same_text(path: Path, encoding: str, text: str) -> None:
    path.write_bytes(text.encode(encoding))
    expected = READ if "two" in text else text.replace("\r\n", "\n").replace("\r", "\n")
    assert "".join(text_blocks(path, encoding)) == expected
    lines = expected.removesuffix("\n").split("\n")
    assert list(read_lines(path, encoding)) == list(enumerate(lines, start=1))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_missing_byte_order_mark_means_the_order_of_the_machine(
    path: Path, encoding: str
) -> None:
    path.write_bytes(TEXT.encode(f"{encoding}-{sys.byteorder[0]}e"))
    assert "".join(text_blocks(path, encoding)) == READ


@pytest.mark.parametrize("text", ["a", "a\n", "a\n\n", "\n", "\na\n\n\nb", "\r\n", "a\r"])
def test_blocks_of_lines_are_numbered(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    found = [
        (number, line)
        for first, block in line_blocks(path)
        for number, line in enumerate(block, first)
    ]
    assert found == list(enumerate(lines, start=1))


def so_far(path: Path, encoding: str) -> tuple[str, str]:
    """The text before an error, and the error."""
    blocks: list[str] = []
    with pytest.raises(DataError) as caught:
        blocks.extend(text_blocks(path, encoding))
    return "".join(blocks), str(caught.value)


@pytest.mark.parametrize(
    ("encoding", "data", "before", "line", "byte"),
    [
        ("utf-8", b"a\nb\ncaf\xe9\nd", "a\nb\ncaf", 3, "e9"),
        ("utf-8", b"a\n\xc3\n", "a\n", 2, "c3"),
        ("utf-8", b"a\n\xf0\x9f\x98", "a\n", 2, "f0"),
        ("utf-8", "é\n😀\n".encode() + b"\xff", "é\n😀\n", 3, "ff"),
        ("ascii", b"a\n\nb\xe9", "a\n\nb", 3, "e9"),
        ("gb18030", "一\n二".encode("gb18030") + b"\xff\n", "一\n二", 2, "ff"),
        ("utf-16", "é\n一".encode("utf-16") + b"\x00\xdc\n\x00", "é\n一", 2, "00"),
        ("utf-16", "é\n一".encode("utf-16") + b"a", "é\n一", 2, "61"),
        ("cp1252", b"a\n\x81", "a\n", 2, "81"),
    ],
)
def test_undecodable_bytes_are_named_with_their_line(
    path: Path, encoding: str, data: bytes, before: str, line: int, byte: str
) -> None:
    path.write_bytes(data)
    text, message = so_far(path, encoding)
    assert text == before
    assert f"a.txt:{line}: not valid {encoding} (byte 0x{byte})" in message


def test_a_nul_byte_is_named_with_its_line(path: Path) -> None:
    path.write_bytes("é\r\n\r\nab\0c".encode())
    text, message = so_far(path, "utf-8")
    assert text == ("é\n\nab" if decoding._BLOCK < 9 else "")
    assert "a.txt:3: a NUL byte" in message


def test_a_binary_file_is_not_called_wrongly_encoded(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert so_far(path, "utf-8")[1].startswith(f"{path}:3: a NUL byte")


def test_a_long_line_takes_time_in_proportion(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(decoding, "_BLOCK", 2**10)
    path = tmp_path / "a.txt"
    path.write_bytes(b"ab " * 10**6 + b"\nc")
    assert list(read_lines(path)) == [(1, "ab " * 10**6), (2, "c")]
