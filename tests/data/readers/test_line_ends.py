"""The ends of lines, and the marks before them."""

from __future__ import annotations

import pytest

from seqtasks.data.readers.decoding import stream_lines
from seqtasks.data.readers.line_ends import plain_ends

KEPT = "a\u2028b\x0bc\x85d\x0ce\x1cf"


def plain(text: str, size: int) -> str:
    return "".join(plain_ends([text[at : at + size] for at in range(0, len(text), size)], "a.txt"))


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\r\n", "a\nb\n"),
        ("a\rb\r\rc", "a\nb\n\nc"),
        ("a\r", "a\n"),
        ("\r\r", "\n\n"),
        ("a\r\r\nb\r\r\r\n", "a\nb\n"),
        ("a\nb\r", "a\nb\n"),
        ("a\nb\rc\n", "a\nb\rc\n"),
        ("a\rb\nc\n", "a\rb\nc\n"),
        (f"{KEPT}\n{KEPT}", f"{KEPT}\n{KEPT}"),
        ("\ufeffa\n\ufeffb\ufeffc\n", "a\nb\ufeffc\n"),
        ("\ufeff\ufeff\ta\n\ufeff\tb\n", "\ta\n\ufeff\tb\n"),
        ("\ufeffa\r\n\ufeff\r\n\ufeff\ufeffb", "a\n\nb"),
        ("a\r\ufeffb\r", "a\nb\n"),
    ],
)
def test_ends_and_marks(text: str, expected: str, size: int) -> None:
    assert plain(text, size) == expected


def test_cells_of_several_lines_between_rows_that_end_with_a_return() -> None:
    assert plain('label,text\r1,"a\nb"\r2,c\r', 100) == 'label,text\n1,"a\nb"\n2,c\n'


def test_what_is_not_plain_is_said_with_its_line(caplog: pytest.LogCaptureFixture) -> None:
    plain("a\r\n\ufeffb\r\nc\rd\re\n", 100)
    assert [record.getMessage() for record in caplog.records] == [
        "a.txt:3: a carriage return within a line is white space there",
        "a.txt:2: a byte order mark before a line is left out",
    ]


def test_what_is_usual_is_not_said(caplog: pytest.LogCaptureFixture) -> None:
    for text in ("\ufeffa\r\nb\r\n", "a\rb\r", "a\r\r\nb"):
        plain(text, 100)
    assert not caplog.records


def test_a_long_line_is_decided_on_before_it_ends() -> None:
    assert plain("ab\r" * 2**17 + "c\nd\re", 2**18) == "ab\n" * 2**17 + "c\nd\ne"


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        ([b"a\r\n", b"b\n"], ["a", "b"]),
        ([b"a\rb\r"], ["a", "b"]),
        ([b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n"], ["a", "b"]),
        ([b"\xff\n", b"ok\n"], ["\udcff", "ok"]),
        (["ä\nb".encode("utf-16")], ["ä", "b"]),
        (["ä\n".encode("utf-16-le")[:-1], b"\0"], ["ä"]),
        (["läuft\nb\n".encode("utf-16-be")], ["läuft", "b"]),
        ([b"a\n", b"\n", b"", b"b"], ["a", "", "b"]),
        ([], []),
    ],
)
def test_lines_of_a_stream(chunks: list[bytes], lines: list[str]) -> None:
    assert list(stream_lines(chunks, "input")) == lines


def test_lines_of_a_stream_come_as_soon_as_they_are_read() -> None:
    read: list[int] = []

    def chunks():
        for number in range(3):
            read.append(number)
            yield f"{number}\n".encode()

    lines = stream_lines(chunks(), "input")
    assert next(lines) == "0"
    assert read == [0]
