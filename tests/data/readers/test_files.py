"""Names of files, and the text in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from omegaconf import ListConfig

from seqtasks.data.readers.files import find_files, read_lines, read_whole
from seqtasks.errors import DataError


def fails(call, *parts: str) -> None:
    with pytest.raises(DataError) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    for part in parts:
        assert part in message


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.txt", "train.csv"):
        (tmp_path / name).write_text("x\n")
    (tmp_path / "sub.txt").mkdir()
    (tmp_path / "sub.txt" / "c.txt").write_text("x\n")
    return tmp_path


def test_expands_a_path_a_list_and_a_glob(folder: Path) -> None:
    a, b, c = folder / "a.txt", folder / "b.txt", folder / "sub.txt" / "c.txt"
    assert find_files(a) == find_files(str(a)) == [a]
    assert find_files([str(b), a]) == find_files((b, a)) == [b, a]
    assert find_files(ListConfig([str(b), str(a)])) == [b, a]
    assert find_files(f"{folder}/*.txt") == [a, b]
    assert find_files(f"{folder}/**/*.txt") == [a, b, c]
    assert find_files([f"{folder}/[ab].txt", c]) == [a, b, c]


def test_expands_the_home_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    assert find_files("~/a.txt") == find_files("~/a.*") == [folder / "a.txt"]


def test_takes_a_name_that_exists_literally(folder: Path) -> None:
    odd = folder / "[ab].txt"
    odd.write_text("x\n")
    assert find_files(odd) == [odd]


def test_a_missing_file_names_the_nearest(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    fails(lambda: find_files("trian.csv"), "trian.csv: no such file", str(folder), "'train.csv'?")
    fails(lambda: find_files(folder / "zzzzzz"), "zzzzzz: no such file; correct the path")
    fails(lambda: find_files("no/such/a.txt"), "no/such/a.txt: there is no folder no/such")
    fails(lambda: find_files("tran*.csv"), "tran*.csv: no file matches", "'train.csv'?")
    fails(lambda: find_files("s*b.txt"), "s*b.txt: no file matches")
    fails(lambda: find_files(["a.txt", "nope.txt"]), "nope.txt: no such file")


def test_one_of_many_is_missing(tmp_path: Path) -> None:
    shards = [tmp_path / f"shard-{number:03d}.txt" for number in range(1000)]
    for shard in shards:
        shard.touch()
    names = [str(shard) for shard in shards]
    assert find_files(names) == find_files(ListConfig(names)) == shards
    assert find_files(f"{tmp_path}/shard-*.txt") == shards
    shards[377].unlink()
    fails(lambda: find_files(names), f"{names[377]}: no such file; correct the path")


def test_a_folder_is_not_a_file(folder: Path) -> None:
    fails(
        lambda: find_files(folder / "sub.txt"),
        "sub.txt: a folder",
        str(folder / "sub.txt" / "c.txt"),
        str(folder / "sub.txt" / "*.txt"),
    )


@pytest.mark.parametrize("source", [None, "", [], [""], 3, b"a", {"train": "a"}, [["a.txt"]]])
def test_refuses_what_is_no_path(source: object) -> None:
    fails(lambda: find_files(source), "source: give a path, a list of paths or a glob, not")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_drops_byte_order_marks_before_lines(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    mark = "\ufeff" if encoding == "utf-8" or encoding.endswith("-le") else ""
    path.write_bytes(f"{mark}é\r\n\n\ufeffb\ufeffc".encode(encoding))
    assert read_whole(path, encoding) == "é\n\nb\ufeffc"
    assert list(read_lines(path, encoding)) == [(1, "é"), (2, ""), (3, "b\ufeffc")]


def test_only_newlines_end_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    odd = "a\u2028b\x0bc\x85d\x0ce\x1cf\rg"
    path.write_bytes(f"{odd}\r\n{odd}\n".encode())
    assert list(read_lines(path)) == [(1, odd), (2, odd)]
    assert read_whole(path) == f"{odd}\n{odd}\n"


@pytest.mark.parametrize("text", ["a", "a\n", "a\n\n", "\n", "a\nb"])
def test_streaming_and_whole_reading_agree(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    lines = list(enumerate(text.removesuffix("\n").split("\n"), start=1))
    for encoding in ("utf-8", "utf-16"):
        path.write_bytes(text.encode(encoding))
        assert list(read_lines(path, encoding)) == lines
        assert read_whole(path, encoding) == text


def test_lines_are_streamed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a\n" * 100_000 + b"\xe9\n")
    lines = read_lines(path)
    assert next(lines) == (1, "a")
    fails(lambda: list(lines), "a.txt:100001: not valid utf-8")


@pytest.mark.parametrize("reading", [read_whole, lambda *a: list(read_lines(*a))])
class TestBadContents:
    def test_empty(self, tmp_path: Path, reading) -> None:
        for content in (b"", b"\xef\xbb\xbf", b"\xff\xfe"):
            (tmp_path / "a.txt").write_bytes(content)
            fails(lambda: reading(tmp_path / "a.txt"), "a.txt: empty file; give")

    def test_binary(self, tmp_path: Path, reading) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes(b"\x89PNG\r\nab\0c")
        fails(lambda: reading(path), "a.txt:2: a NUL byte", "give a text file")
        path.write_bytes(b"a\n" * 200_000 + b"\0")
        fails(lambda: reading(path), "a.txt:200001: a NUL byte")

    def test_wrong_encoding(self, tmp_path: Path, reading) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes(b"a\nb\ncaf\xe9\n")
        fails(
            lambda: reading(path),
            "a.txt:3: not valid utf-8 (byte 0xe9): convert the file to utf-8 or set "
            "reader.encoding=cp1252",
        )
        fails(lambda: reading(path, "ascii"), "a.txt:3: not valid ascii", "encoding=cp1252")
        path.write_bytes(b"caf\xc3\xa9\n")
        fails(lambda: reading(path, "ascii"), "a.txt:1: not valid ascii", "encoding=utf-8")
        assert reading(path, "latin-1")

    def test_no_permission(self, tmp_path: Path, reading, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*args: object, **kwargs: object) -> None:
            raise PermissionError(13, "Permission denied")

        (tmp_path / "a.txt").write_text("a")
        monkeypatch.setattr(Path, "open", refuse)
        monkeypatch.setattr(Path, "read_bytes", refuse)
        fails(lambda: reading(tmp_path / "a.txt"), "a.txt: cannot be read (permission denied)")
