"""Parquet and Arrow files: their values, their places, and what is refused."""

from __future__ import annotations

import datetime
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import feather, ipc, parquet
from usable import usable

from seqtasks.data.readers import TableReader, arrow_batches, arrow_tables
from seqtasks.data.readers.paths import RemotePath
from seqtasks.data.record import Columns, Record
from seqtasks.errors import DataError, UsageError

BOTH: Columns = {"text": None, "label": None}


def write_stream(table: pa.Table, path: Path, **options: Any) -> None:
    with ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table, **options)


WRITERS = {
    "a.parquet": parquet.write_table,
    "a.pq": lambda table, path: parquet.write_table(table, path, compression="zstd"),
    "a.feather": feather.write_feather,
    "a.arrow": lambda table, path: feather.write_feather(table, path, compression="uncompressed"),
    "a.ipc": write_stream,
}


def write(path: Path, columns: dict[str, Any]) -> Path:
    WRITERS[path.name](pa.table(columns), path)
    return path


def read(path: Any, columns: Columns = BOTH, **options: Any) -> list[Record]:
    return usable(TableReader(**options).read(path, columns), columns)


def rows(path: Any, columns: Columns = BOTH, **options: Any) -> list[tuple[Any, ...]]:
    return [tuple(record.values.values()) for record in read(path, columns, **options)]


def fails(path: Any, *parts: str, columns: Columns = BOTH) -> None:
    with pytest.raises(DataError) as caught:
        read(path, columns)
    assert "\n" not in str(caught.value)
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize("name", WRITERS)
def test_reads_by_suffix_or_by_format(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, {"x": [0, 1], "label": [1, 2], "text": ["a, b", " c "]})
    records = read(str(path))
    assert [record.values for record in records] == [
        {"text": "a, b", "label": "1"},
        {"text": " c ", "label": "2"},
    ]
    assert [record.place for record in records] == [f"{path}:1", f"{path}:2"]
    form = "parquet" if name in ("a.parquet", "a.pq") else "arrow"
    assert rows(path.rename(tmp_path / "a.data"), format=form) == [("a, b", "1"), (" c ", "2")]


STAMP = datetime.datetime(2024, 2, 29, 12, 30, 1, 500_000)
DAY = "1970-01-01"
VALUES = [
    (pa.array(["é\n", "\x1fb"]), ["é\n", "\x1fb"]),
    (pa.array(["a", "b"], pa.large_string()), ["a", "b"]),
    (pa.array(["b", "a", "b"]).dictionary_encode(), ["b", "a", "b"]),
    (pa.array([-1, 2**62]), ["-1", str(2**62)]),
    (pa.array([255], pa.uint8()), ["255"]),
    (pa.array([1.0, 0.1, 1e22, -0.0]), ["1.0", "0.1", "1e+22", "-0.0"]),
    (pa.array([0.5, 0.1], pa.float32()), ["0.5", str(0.10000000149011612)]),
    (pa.array([True, False]), ["true", "false"]),
    (pa.array([Decimal("1.50"), Decimal("1E-9")], pa.decimal128(20, 9)), None),
    (pa.array([STAMP.date()]), ["2024-02-29"]),
    (pa.array([STAMP], pa.timestamp("us")), ["2024-02-29T12:30:01.5"]),
    (pa.array([1, 10**10], pa.timestamp("ns")), [f"{DAY}T00:00:00.000000001", f"{DAY}T00:00:10"]),
    (pa.array([0, 60], pa.timestamp("s", "UTC")), [f"{DAY}T00:00:00Z", f"{DAY}T00:01:00Z"]),
    (pa.array([100], pa.timestamp("ms", "UTC")), [f"{DAY}T00:00:00.1Z"]),
    (pa.array([STAMP.time()], pa.time32("ms")), ["12:30:01.5"]),
    (pa.array([["a", " "], ["b"]]), [["a", " "], ["b"]]),
    (pa.array([["a"]], pa.large_list(pa.string())), [["a"]]),
    (pa.array([["a", "b"]], pa.list_(pa.string(), 2)), [["a", "b"]]),
    (pa.array([["b", "a"]], pa.list_(pa.dictionary(pa.int8(), pa.string()))), [["b", "a"]]),
    (pa.array([[1, 2], [3]]), [["1", "2"], ["3"]]),
    (pa.array([[0.5, 2]]), [["0.5", "2.0"]]),
    (pa.array([[[1, 2.5], [3, 4]], [[5, 6]]]), ["[[1.0, 2.5], [3.0, 4.0]]", "[[5.0, 6.0]]"]),
]


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.ipc"])
@pytest.mark.parametrize(("array", "expected"), VALUES, ids=[str(v[0].type) for v in VALUES])
def test_values_of_every_type(tmp_path: Path, name: str, array: Any, expected: Any) -> None:
    path = write(tmp_path / name, {"x": array})
    if expected is None:
        expected = ["1.500000000", "0.000000001"]
    assert [record.values["x"] for record in read(path, {"x": None})] == expected


@pytest.mark.parametrize("dtype", ["string_view", "binary_view"])
def test_views_of_text_are_texts_and_views_of_bytes_are_not(tmp_path: Path, dtype: str) -> None:
    if not hasattr(pa, dtype):
        pytest.skip(f"this pyarrow has no {dtype}")
    path = write(tmp_path / "a.ipc", {"text": pa.array(["a" * 20, "b"], getattr(pa, dtype)())})
    if dtype == "binary_view":
        fails(path, "the column 'text' is of the type binary_view", columns={"text": None})
    else:
        assert rows(path, {"text": None}) == [("a" * 20,), ("b",)]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (pa.array(["a", None]), ":2: no value of 'text'"),
        (pa.array([None, "a"]).dictionary_encode(), ":1: no value of 'text'"),
        (pa.array([None, "a"], pa.large_string()), ":1: no value of 'text'"),
        (pa.array([1, None]), ":2: no value of 'text'"),
        (pa.array([True, None]), ":2: no value of 'text'"),
        (pa.array([0.5, None]), ":2: no value of 'text'"),
        (pa.array([0.5, float("nan")]), ":2: no value of 'text'"),
        (pa.array([["a"], None]), ":2: no value of 'text'"),
        (pa.array([[[1]], None]), ":2: no value of 'text'"),
        (pa.array([STAMP, None]), ":2: no value of 'text'"),
        (pa.array([Decimal(1), None]), ":2: no value of 'text'"),
        (pa.array(["a", "\u2003"]), ":2: no value of 'text'"),
        (pa.array([["a"], []]), ":2: no value of 'text'"),
        (pa.array([[[1]], []]), ":2: no value of 'text'"),
        (pa.array([["a"], ["b", ""]]), ":2: the column 'text' holds an empty token"),
        (pa.array([["a"], ["b", None]]), ":2: the column 'text' holds a list of other things"),
        (pa.array([{"a": 1}, {"a": 2}]), ": the column 'text' is of the type struct<a: int64>;"),
        (pa.array([b"a", b"b"]), ": the column 'text' is of the type binary; name a column of"),
        (pa.array([[["a"]], [["b"]]]), ": the column 'text' is of the type list<"),
        (pa.array([1, 2], pa.duration("s")), ": the column 'text' is of the type duration[s]"),
    ],
)
@pytest.mark.parametrize("name", ["a.parquet", "a.feather"])
def test_refuses_cells_without_a_text(tmp_path: Path, name: str, array: Any, message: str) -> None:
    path = write(tmp_path / name, {"text": array, "label": [1, 2]})
    fails(path, f"{path}{message}")


def test_times_of_an_unknown_zone_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.arrow", {"text": pa.array([0], pa.timestamp("s", "No/Where"))})
    fails(path, "a.arrow: cannot be read as Arrow (", "No/Where", columns={"text": None})


def test_missing_values_are_blank(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"text": ["a", "b", ""], "label": [1, None, 3]})
    records = TableReader().read(path, BOTH)
    assert [record.values for record in records] == [
        {"text": "a", "label": "1"},
        {"text": "b", "label": ""},
        {"text": "", "label": "3"},
    ]


def test_names_missing_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"label": [1], "text_a": ["a"]})
    with pytest.raises(DataError) as caught:
        read(path, {"tokens": "txt_a"})
    assert str(caught.value) == (
        f"{path}: no column 'txt_a' for the field 'tokens': the columns are 'label', 'text_a' or "
        "0 to 1; name one with tokens.column=... Did you mean 'text_a'?"
    )
    fails(path, "no column 2 for the field 'text'", columns={"text": 2})
    write(tmp_path / "a.ipc", {"label": [1], "text_a": ["a"]})
    fails(tmp_path / "a.ipc", "no column 'text'")


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.ipc"])
def test_columns_by_number_twice_and_with_dots(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, {"b": [1], "a": [{"b": 2}], "a.b": ["x"], "c": ["y"]})
    wanted: Columns = {"last": -1, "first": 0, "again": "c", "dotted": "a.b"}
    assert rows(path, wanted) == [("y", "1", "y", "x")]


def test_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    table = pa.table([pa.array([1]), pa.array([2])], names=["text", "text"])
    parquet.write_table(table, tmp_path / "a.parquet")
    fails(tmp_path / "a.parquet", "a.parquet: the column 'text' is there twice")


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.ipc"])
def test_batches_of_any_size_give_the_same(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"text {number} " * (number % 5 + 1) for number in range(100)]
    lists = [[str(part) for part in range(number % 4 + 1)] for number in range(100)]
    steps = [[[number, 1.5]] * (number % 3 + 1) for number in range(100)]
    table = pa.table({"text": texts, "words": lists, "series": steps})
    path = tmp_path / name
    if name == "a.parquet":
        parquet.write_table(table, path, row_group_size=13)
    elif name == "a.arrow":
        feather.write_feather(table, path, compression="uncompressed", chunksize=13)
    else:
        write_stream(table, path, max_chunksize=13)
    wanted: Columns = {"text": None, "words": None, "series": None}
    whole = read(path, wanted)
    assert [record.values["text"] for record in whole] == texts
    assert [record.values["words"] for record in whole] == lists
    assert [json.loads(str(record.values["series"])) for record in whole] == steps
    assert [record.line for record in whole] == list(range(1, 101))
    for limit, value in (("_ROWS", 7), ("_BYTES", 100), ("_BYTES", 1)):
        monkeypatch.setattr(arrow_batches, limit, value)
        assert read(path, wanted) == whole


class Counted(io.BytesIO):
    """Bytes that count how many of them are read."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.taken += len(data)
        return data


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_a_file_is_read_as_a_stream_and_only_its_wanted_columns(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrow_batches, "_ROWS", 1000)
    monkeypatch.setattr(arrow_batches, "_BUFFER", 4096)
    count = 40_000
    table = pa.table(
        {"text": [f"text {n}" for n in range(count)], "other": [f"other {n}" for n in range(count)]}
    )
    path = tmp_path / "a"
    if form == "parquet":
        parquet.write_table(table, path, use_dictionary=False, data_page_size=4096)
    else:
        feather.write_feather(table, path, chunksize=4000)
    file = Counted(path.read_bytes())
    size = len(file.getvalue())
    monkeypatch.setattr(arrow_tables, "open_binary", lambda path, seekable: file)
    records = arrow_tables.arrow_records(RemotePath("memory://x"), form, {"text": None})
    assert next(records).place == "memory://x:1"
    assert file.taken < size / 4
    assert sum(1 for _ in records) == count - 1
    assert file.taken < size * 0.75


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_one_large_batch_is_not_held_whole(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrow_batches, "_BYTES", 2**16)
    monkeypatch.setattr(arrow_batches, "_BUFFER", 2**16)
    table = pa.table({"text": [f"{n:09} " * 100 for n in range(5000)]})
    path = tmp_path / name
    if name == "a.parquet":
        parquet.write_table(table, path, use_dictionary=False, data_page_size=2**16)
    else:
        feather.write_feather(table, path, compression="uncompressed")
    size = table.nbytes
    del table
    before = pa.total_allocated_bytes()
    records = TableReader().read(path, {"text": None})
    for number, record in enumerate(records, start=1):
        assert record.line == number
        assert pa.total_allocated_bytes() - before < size / 4
    assert number == 5000


@pytest.mark.parametrize("name", WRITERS)
def test_an_empty_table_is_refused(tmp_path: Path, name: str) -> None:
    none = pa.array([], pa.string())
    fails(write(tmp_path / name, {"text": none, "label": none}), f"{name}: no rows of data")


@pytest.mark.parametrize("name", WRITERS)
def test_damaged_files_are_refused(tmp_path: Path, name: str) -> None:
    columns = {"text": [f"text {n}" for n in range(1000)], "label": list(range(1000))}
    path = write(tmp_path / name, columns)
    kind = "Parquet" if name in ("a.parquet", "a.pq") else "Arrow"
    whole = path.read_bytes()
    for damaged in (b"", b"text,label\na,1\n", whole[: len(whole) // 2]):
        path.write_bytes(damaged)
        fails(path, f"{path}: cannot be read as {kind} (", "; write the file again")


@pytest.mark.parametrize("name", ["a.parquet", "a.feather", "a.arrow", "a.ipc"])
def test_a_flipped_bit_is_no_more_than_a_refusal(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrow_batches, "_BYTES", 100)
    labels = pa.array(["x", "y"] * 5).dictionary_encode()
    columns = {"text": [["a"] * n for n in range(1, 11)], "label": labels, "other": range(10)}
    path = write(tmp_path / name, columns)
    whole = path.read_bytes()
    refused = 0
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        try:
            read(path)
        except DataError:
            refused += 1
    assert refused > 20


def test_damage_within_a_file_is_found(tmp_path: Path) -> None:
    table = pa.table({"text": [f"text {n}" for n in range(1000)]})
    path = tmp_path / "a.parquet"
    parquet.write_table(table, path, compression="none", write_page_checksum=True)
    path.write_bytes(path.read_bytes().replace(b"text 500", b"text 501"))
    fails(path, "cannot be read as Parquet (", columns={"text": None})
    path = write(tmp_path / "a.arrow", {"text": ["é" * 50]})
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xe9\xe9"))
    fails(path, "cannot be read as Arrow (", "UTF8", columns={"text": None})
    path = write(tmp_path / "a.arrow", {"text": ["a" * 50, "b" * 50]})
    offsets = [n.to_bytes(4, "little") for n in (0, 50, 100)]
    whole = path.read_bytes()
    assert whole.count(b"".join(offsets)) == 1
    beyond = offsets[0] + (2**30).to_bytes(4, "little") + offsets[2]
    path.write_bytes(whole.replace(b"".join(offsets), beyond))
    fails(path, "cannot be read as Arrow (", columns={"text": None})


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"text": ["a"]})
    path.unlink()
    reader = arrow_tables.arrow_records(path, "parquet", {"text": None})
    with pytest.raises(DataError, match=r"a.parquet: cannot be read \(no such file"):
        next(reader)


def test_shards_of_several_formats(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path / "a.pq", {"text": [f"t{number}"], "label": [number]}).rename(
            tmp_path / f"shard-{number}.parquet"
        )
    expected = [(f"t{number}", str(number)) for number in range(3)]
    assert rows(str(tmp_path / "shard-*.parquet")) == expected
    (tmp_path / "b.csv").write_text("label,text\n9,c\n")
    mixed = read([str(tmp_path / "b.csv"), str(tmp_path / "shard-1.parquet")])
    assert [record.values["label"] for record in mixed] == ["9", "1"]
    assert [record.line for record in mixed] == [2, 1]


@pytest.mark.parametrize(
    ("form", "said"), [("parquet", "Parquet files have no"), ("arrow", "Arrow files have no")]
)
def test_a_delimiter_is_refused(tmp_path: Path, form: str, said: str) -> None:
    with pytest.raises(UsageError, match=f"delimiter: {said} delimiter"):
        TableReader(format=form, delimiter=",")
    path = write(tmp_path / f"a.{form}", {"text": ["a"]})
    with pytest.raises(UsageError, match=f"delimiter: {said} delimiter"):
        read(path, {"text": None}, delimiter=",")
