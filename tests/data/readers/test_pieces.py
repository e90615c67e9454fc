"""Long texts in pieces."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from seqtasks.data.readers import TextReader, decoding, pieces
from seqtasks.data.record import Record
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import DataError

START = "*** START OF THE PROJECT GUTENBERG EBOOK A BOOK ***"
END = "*** END OF THE PROJECT GUTENBERG EBOOK A BOOK ***"


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of 20 characters, and 40 in which white space is looked for."""
    monkeypatch.setattr(pieces, "PIECE", 20)
    monkeypatch.setattr(pieces, "_AHEAD", 40)


def cut(text: str, block: int = 7) -> list[str]:
    blocks = [text[at : at + block] for at in range(0, len(text), block)]
    found = list(pieces.pieces(blocks))
    assert [ends for _, ends in found] == [False] * (len(found) - 1) + [True]
    assert "".join(piece for piece, _ in found) == text
    return [piece for piece, _ in found]


def read(path: Path, text: bytes, **options: object) -> list[Record]:
    path.write_bytes(text)
    return list(TextReader(**options).read(path, {"tokens": None}))


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("a text of 20 letters", ["a text of 20 letters"]),
        ("a text of 21 letters!", ["a text of 21", " letters!"]),
        ("one two three four  \n five", ["one two three", " four  \n five"]),
        ("one two three four     \n   five", ["one two three", " four     \n   five"]),
        ("one two three four five          ", ["one two three four", " five          "]),
        ("one two three four          ", ["one two three", " four          "]),
        (" " * 30 + "one two three four five", [" " * 30 + "one two three four", " five"]),
        ("a" * 50 + " b c", ["a" * 50, " b c"]),
        ("a" * 50 + "   ", ["a" * 20, "a" * 20, "a" * 10 + "   "]),
        ("a" * 20 + "   ", ["a" * 20 + "   "]),
        ("a" * 70, ["a" * 20] * 3 + ["a" * 10]),
        ("a" * 10 + " " * 90 + "b", ["a" * 10, " " * 90 + "b"]),
        (" " * 90, [" " * 90]),
        ("😀" * 30 + "\u3000é b", ["😀" * 30, "\u3000é b"]),
    ],
)
@pytest.mark.parametrize("block", [1, 7, 1000])
def test_places_of_cuts(text: str, expected: list[str], block: int) -> None:
    assert cut(text, block) == expected


@pytest.mark.usefixtures("short")
def test_pieces_hold_the_words_of_the_whole() -> None:
    random = Random(0)
    for _ in range(300):
        words = [
            "".join(random.choices("ab\u3000😀é", k=random.randint(1, 15)))
            + random.choice([" ", "  ", "\n", "\t \n\n"])
            for _ in range(random.randint(1, 30))
        ]
        text = "".join(words)
        found = cut(text, random.randint(1, 30))
        assert [word for piece in found for word in piece.split()] == text.split()
        assert all(piece.strip() for piece in found)
        for before, after in pairwise(found):
            assert len(before) <= 20 + len(before) - len(before.lstrip())
            assert not before[-1].isspace()
            assert after[0].isspace()


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("level", ["word", "character", "bpe"])
@pytest.mark.parametrize("strange", ["\xa0", "\x85", "\x1c", "<sep>"])
def test_the_numbers_of_pieces_are_those_of_the_whole(level: str, strange: str) -> None:
    random, letters = Random(1), ["ab", "c", "é", "猫", "'s", ".", " ", "  ", "\n", "\t", strange]
    text = "".join(random.choices(letters, k=1500))
    size = 300 if level == "bpe" else None
    vocabulary = Vocabulary.train([text], level=level, max_size=size, separators=["<sep>"])
    [whole], parts = vocabulary.coder.encode([text]), vocabulary.coder.encode(cut(text))
    assert len(parts) > 50
    assert parts.values.tolist() == whole.tolist()


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("block", [1, 2, 4, 2**18])
def test_a_long_text_comes_in_records(tmp_path: Path, block: int, monkeypatch) -> None:
    monkeypatch.setattr(decoding, "_BLOCK", block)
    text = "\r\n".join(f"line {number} 😀é" for number in range(1, 12)) + "\r\n"
    records = read(tmp_path / "a.txt", b"\xef\xbb\xbf" + text.encode())
    whole = text.replace("\r\n", "\n")
    assert "".join(record.values["tokens"] for record in records) == whole
    assert len(records) > 5
    assert [record.begins for record in records] == [True] + [False] * (len(records) - 1)
    assert [record.ends for record in records] == [False] * (len(records) - 1) + [True]
    at = 0
    for record in records:
        assert record.line == whole.count("\n", 0, at) + 1
        at += len(record.values["tokens"])


def test_a_text_of_one_piece_begins_and_ends(tmp_path: Path) -> None:
    [record] = read(tmp_path / "a.txt", b"one two")
    assert (record.begins, record.ends) == (True, True)


@pytest.mark.usefixtures("short")
def test_each_file_begins_a_text(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("one two three four five")
    records = list(TextReader().read(f"{tmp_path}/*.txt", {"tokens": None}))
    assert [(r.begins, r.ends) for r in records] == [(True, False), (False, True)] * 2


@pytest.mark.usefixtures("short")
def test_errors_name_the_line_in_a_later_piece(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(decoding, "_BLOCK", 16)
    lines = b"a line of words\n" * 9
    for bad, said in ((b"caf\xe9\n", "not valid utf-8"), (b"a\0b\n", "a NUL byte")):
        with pytest.raises(DataError, match=rf"a\.txt:10: {said}"):
            read(tmp_path / "a.txt", lines + bad + lines)


@pytest.mark.usefixtures("short")
def test_a_replaced_line_end_stays_whole(tmp_path: Path) -> None:
    text = "one two three four\n" * 9
    records = read(tmp_path / "a.txt", text.encode(), line_end="<end of line>")
    replaced = text.replace("\n", " <end of line> ")
    assert "".join(record.values["tokens"] for record in records) == replaced
    assert len(records) == 9
    assert [record.line for record in records] == [1, *range(1, 9)]
    for record in records[1:]:
        assert record.values["tokens"].startswith(" <end of line> one")


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("block", [5, 2**18])
def test_a_book_comes_in_records_without_its_frame(tmp_path: Path, block: int, monkeypatch) -> None:
    monkeypatch.setattr(decoding, "_BLOCK", block)
    book = "\nA book of words\n\nand its end.\n\n" * 3
    text = f"Title\r\n{START}\r\n{book}{END}\nLicence of words\n"
    records = read(tmp_path / "a.txt", text.encode(), strip_gutenberg=True)
    assert "".join(record.values["tokens"] for record in records) == book
    assert len(records) > 3
    assert records[0].line == 3
    assert records[1].line == 4
