"""Plain and compressed files, opened alike."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path

import pyarrow as pa
import pytest

from seqtasks.data.readers import (
    BabiReader,
    ConllReader,
    LabelledFileReader,
    LineReader,
    ParallelReader,
    PatternReader,
    TableReader,
    TextReader,
    TimeSeriesReader,
)
from seqtasks.data.readers.files import read_lines, read_whole
from seqtasks.data.readers.opening import counting_bytes, open_binary
from seqtasks.errors import DataError

PACK = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": lambda data: pa.Codec("zstd").compress(data, asbytes=True),
}
LABELLED = {"tokens": None, "label": None}
PAIRS = {"source": None, "target": None}
TEXT = "".join(f"line {number} of a text, é\n" for number in range(60_000))
FORMATS = [
    (TextReader(), "a.txt", "one\r\n\ntwo", {"tokens": None}),
    (LineReader(), "a.txt", "1 a\n0 b\n", LABELLED),
    (LabelledFileReader(), "Greek.txt", "Pappas\nAlex\n", LABELLED),
    (LabelledFileReader("unambiguous"), "Greek.v2.txt", "Pappas\nAlex\n", LABELLED),
    (TableReader(), "a.CSV", 'label,tokens\n1,"a\nb"\n', LABELLED),
    (TableReader(), "a.tsv", "label\ttokens\n1\ta\n", LABELLED),
    (TableReader(), "a.jsonl", '{"label": 1, "tokens": ["a"]}\n', LABELLED),
    (ConllReader(), "a.conll", "a X\nb Y\n\nc Z\n", {"tokens": None, "tags": None}),
    (
        ConllReader(),
        "a.conllu",
        "# c\n1\ta\tl\tX\t_\t_\t_\t_\t_\t_\n",
        {"tokens": None, "tags": None},
    ),
    (ParallelReader(), "a.tsv", "eins\tone\nzwei\ttwo\n", PAIRS),
    (PatternReader(r"(?P<source>\w+) = (?P<target>.+)"), "a.txt", "a = b\n", PAIRS),
    (BabiReader(), "qa1.txt", "1 A b.\n2 Who?\tA\t1\n", {"question": None, "answer": None}),
    (TimeSeriesReader(), "a.ts", "@data\n1,2:3,4\n", {"series": None}),
    (
        TimeSeriesReader(sequence="id"),
        "a.csv",
        "id,x\na,1\na,2\nb,3\n",
        {"series": None},
    ),
]


def fails(call, *parts: str) -> None:
    with pytest.raises(DataError) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    for part in parts:
        assert part in message


@pytest.mark.parametrize("suffix", PACK)
@pytest.mark.parametrize(("reader", "name", "text", "columns"), FORMATS)
def test_a_compressed_file_gives_the_same_records(
    tmp_path: Path, reader, name: str, text: str, columns, suffix: str
) -> None:
    plain, packed = tmp_path / name, tmp_path / (name + suffix.upper())
    plain.write_bytes(text.encode())
    packed.write_bytes(PACK[suffix](text.encode()))
    expected = [(r.values, r.line) for r in reader.read(plain, columns)]
    assert expected
    assert [(r.values, r.line) for r in reader.read(packed, columns)] == expected


@pytest.mark.parametrize("suffix", PACK)
def test_files_one_behind_the_other_are_one(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.txt{suffix}"
    path.write_bytes(PACK[suffix](b"a\nb") + PACK[suffix](b"c\n"))
    assert list(read_lines(path)) == [(1, "a"), (2, "bc")]


@pytest.mark.parametrize("suffix", PACK)
def test_a_truncated_file_is_refused_at_its_end(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.txt{suffix}"
    packed = PACK[suffix](TEXT.encode())
    path.write_bytes(packed[: len(packed) // 2])
    fails(
        lambda: list(read_lines(path)),
        f"{path}: a damaged {suffix} file, near byte {len(packed) // 2} of it (",
        "get or make the file again",
    )


@pytest.mark.parametrize("suffix", PACK)
def test_a_damaged_file_is_refused_with_the_place(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.txt{suffix}"
    packed = bytearray(PACK[suffix](TEXT.encode()))
    del packed[len(packed) // 2 : len(packed) // 2 + 64]
    path.write_bytes(packed)
    with pytest.raises(DataError, match=r"a damaged \.\w+ file, near byte (\d+) of it") as caught:
        list(read_lines(path))
    near = int(str(caught.value).partition("near byte ")[2].split()[0])
    assert len(packed) // 2 < near <= len(packed)


def test_the_damage_is_named_and_not_the_text_that_comes_of_it(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(TEXT.encode(), 0))
    at = packed.index("é".encode())
    packed[at] = 0
    (tmp_path / "a.txt.gz").write_bytes(packed)
    fails(lambda: list(read_lines(tmp_path / "a.txt.gz")), f"near byte {len(packed)} of it")
    packed[at] = 0xFF
    (tmp_path / "a.txt.gz").write_bytes(packed)
    fails(lambda: list(read_lines(tmp_path / "a.txt.gz")), f"near byte {len(packed)} of it")
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"a\n\xe9\n" + b"b" * 10**6))
    fails(lambda: list(read_lines(tmp_path / "a.txt.gz")), "a.txt.gz:2: not valid utf-8")


@pytest.mark.parametrize("suffix", PACK)
def test_a_file_that_is_not_compressed_is_refused(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a.txt{suffix}").write_bytes(b"plain text\n")
    said = f"no {suffix} file by its first bytes; take the suffix off if it is plain"
    fails(lambda: list(read_lines(tmp_path / f"a.txt{suffix}")), said)


@pytest.mark.parametrize("suffix", PACK)
def test_a_compressed_empty_file_is_empty(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a.txt{suffix}").write_bytes(PACK[suffix](b""))
    fails(lambda: list(read_lines(tmp_path / f"a.txt{suffix}")), "empty file; give one that")


@pytest.mark.parametrize("suffix", ["", *PACK])
def test_the_bytes_of_the_disk_are_counted(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.txt{suffix}"
    path.write_bytes(PACK.get(suffix, bytes)(TEXT.encode()))
    counts: list[int] = []
    with counting_bytes(counts.append):
        assert "\n".join(line for _, line in read_lines(path)) + "\n" == TEXT
    assert sum(counts) == path.stat().st_size
    assert list(read_lines(path))
    assert sum(counts) == path.stat().st_size, "the count goes on behind its block"


def test_counts_within_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc\n")
    outer: list[int] = []
    inner: list[int] = []
    with counting_bytes(outer.append):
        with counting_bytes(inner.append), open_binary(path) as file:
            file.read()
        with open_binary(path) as file:
            file.read()
    assert (sum(outer), sum(inner)) == (4, 4)


def test_a_plain_file_is_read_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(100)))
    with open_binary(path, seekable=True) as file:
        file.seek(-3, 2)
        assert file.read() == bytes([97, 98, 99])
        assert (file.seek(5), file.tell(), file.read(1)) == (5, 5, b"\5")


@pytest.mark.parametrize("suffix", ["", *PACK])
def test_a_file_that_cannot_be_read_on(tmp_path: Path, suffix: str, monkeypatch) -> None:
    path = tmp_path / f"a.txt{suffix}"
    path.write_bytes(PACK.get(suffix, bytes)(TEXT.encode()))

    class Broken:
        def readinto(self, buffer):
            raise OSError(5, "Input/output error")

        def close(self):
            pass

    monkeypatch.setattr(Path, "open", lambda *args, **options: Broken())
    fails(lambda: list(read_lines(path)), f"a.txt{suffix}: cannot be read (input/output error)")


@pytest.mark.parametrize("cut", ["truncated", "garbage"])
def test_a_packed_file_with_a_bad_end_is_named(tmp_path: Path, cut: str) -> None:
    whole = gzip.compress(b"a text\n" * 10_000)
    data = {"truncated": whole[:-20], "garbage": whole + b"garbage"}[cut]
    (tmp_path / "a.txt.gz").write_bytes(data)
    with pytest.raises(DataError, match=r"a\.txt\.gz: a damaged \.gz file, near byte"):
        read_whole(tmp_path / "a.txt.gz")
    (tmp_path / "a.txt.gz").write_bytes(whole + bytes(512))
    assert read_whole(tmp_path / "a.txt.gz") == "a text\n" * 10_000
