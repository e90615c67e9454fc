"""Sequences of vectors from .ts, .npz and tables."""

from __future__ import annotations

import json
import tracemalloc

import numpy as np
import pytest
from usable import usable

from seqtasks.data.readers import TimeSeriesReader
from seqtasks.errors import DataError

WANTED = {"series": None, "label": None}
HEADER = "# a comment\n@problemName x\n@timeStamps false\n@classLabel true a b\n@data\n"
SEQUENCES = [[[1.5, -2.0], [0.001, 4.0], [3.0, 0.0]], [[7.0, 8.0]]]


def read(path, columns=WANTED, **options):
    records = usable(TimeSeriesReader(**options).read(str(path), columns), columns)
    return [
        {k: json.loads(v) if k == "series" else v for k, v in record.values.items()}
        for record in records
    ]


def expected(labels=("a", "b")):
    return [{"series": s, "label": y} for s, y in zip(SEQUENCES, labels, strict=True)]


def test_ts(tmp_path):
    path = tmp_path / "x.ts"
    path.write_text(HEADER + "1.5,1.0E-3,3:-2,4,0:a\n\n7:8:b\n")
    assert read(path) == expected()
    [first, second] = TimeSeriesReader().read(str(path), WANTED)
    assert (first.line, second.line) == (6, 8)


def test_ts_with_missing_values_leaves_them_for_the_field_to_refuse(tmp_path):
    path = tmp_path / "x.ts"
    path.write_text(HEADER + "1,?:2,3:a\n")
    [values] = read(path)
    assert np.isnan(values["series"][1][0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER, "no sequence"),
        (HEADER[:-6], "it has no line @data"),
        ("1,2:a\n", "x.ts:1: '1,2:a' stands before @data"),
        ("@timeStamps true\n@data\n", "x.ts:1: values with time stamps"),
        (HEADER + "1,2:1,2:a\n1,2:a\n", r"x.ts:7: 1 channel\(s\) found, 2 expected as on line 6"),
        (HEADER + "1,2:1,2,3:a\n", "x.ts:6: channels of unequal length; channel 1 has 3"),
        (HEADER + "1,2:1,x:a\n", "x.ts:6: channel 1 .*'x'"),
        (HEADER + "1,2:1,:a\n", "x.ts:6: channel 1"),
        ("@data\n1,2\n", "x.ts:2: no column 'label'"),
    ],
)
def test_a_broken_ts_is_refused_with_its_place(tmp_path, text, said):
    path = tmp_path / "x.ts"
    path.write_text(text)
    with pytest.raises(DataError, match=said):
        read(path)


def test_a_label_of_npz_that_is_no_number_is_missing(tmp_path):
    np.savez(tmp_path / "x.npz", series=np.ones((2, 3, 1)), label=[1.0, np.nan])
    records = TimeSeriesReader().read(str(tmp_path / "x.npz"), WANTED)
    assert [record.values["label"] for record in records] == ["1.0", ""]


def test_npz_padded_and_end_to_end(tmp_path):
    padded = np.zeros((2, 3, 2))
    padded[0], padded[1, :1] = SEQUENCES
    labels = np.array(["a", "b"])
    np.savez(tmp_path / "p.npz", series=padded, lengths=[3, 1], label=labels)
    flat = np.concatenate([np.array(s) for s in SEQUENCES])
    np.savez(tmp_path / "f.npz", x=flat, lengths=[3, 1], y=np.array([4, 5]))
    assert read(tmp_path / "p.npz") == expected()
    assert read(tmp_path / "f.npz", {"series": "x", "label": "y"}) == expected("45")
    np.savez(tmp_path / "e.npz", series=padded, label=labels)
    assert [len(values["series"]) for values in read(tmp_path / "e.npz")] == [3, 3]


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"series": np.zeros((2, 3, 1))}, "no array 'label' for the field 'label'"),
        ({"series": np.zeros((2, 3, 1)), "label": np.zeros(3)}, "series 2, label 3"),
        ({"series": np.zeros((2, 3, 1)), "label": np.zeros((2, 1))}, "give one value an example"),
        ({"series": np.zeros((4, 2)), "label": np.zeros(2)}, r"'series' has the shape \(4, 2\)"),
        (
            {"series": np.zeros((4, 2)), "lengths": [1, 2], "label": np.zeros(2)},
            r"'lengths' \(2,\), 3 in all",
        ),
        (
            {"series": np.zeros((2, 3, 1)), "lengths": [1, 4], "label": np.zeros(2)},
            "'lengths' goes from 1 to 4",
        ),
        ({"series": np.array([["a"]]), "label": np.zeros(1)}, "holds <U1; give numbers"),
        ({"series": np.array([None, {}]), "label": np.zeros(2)}, "without arrays of objects"),
    ],
)
def test_a_broken_npz_is_refused(tmp_path, arrays, said):
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(DataError, match=said):
        read(tmp_path / "x.npz")


def test_a_file_that_is_no_npz_is_refused(tmp_path):
    (tmp_path / "x.npz").write_text("text")
    with pytest.raises(DataError, match=r"x.npz: cannot be read as .npz"):
        read(tmp_path / "x.npz")


def write_npz(path, compressed, **arrays):
    (np.savez_compressed if compressed else np.savez)(path, **arrays)


@pytest.mark.parametrize("compressed", [False, True])
def test_npz_of_any_order_type_and_length(tmp_path, compressed):
    path = tmp_path / "x.npz"
    series = np.arange(24, dtype=">i2").reshape(2, 4, 3)
    labels = np.array(["ä", "long"])
    for stored in (series, np.asfortranarray(series), series.astype(np.float64)):
        write_npz(path, compressed, series=stored, label=labels, other=np.array([{}, None]))
        assert [values["series"] for values in read(path)] == stored.tolist()
        assert [values["label"] for values in read(path)] == ["ä", "long"]
    flat = series.reshape(8, 3)
    write_npz(path, compressed, series=flat, lengths=[0, 5, 0, 3], label=np.arange(4) / 2)
    assert [values["series"] for values in read(path)] == [
        [],
        flat[:5].tolist(),
        [],
        flat[5:].tolist(),
    ]
    assert [values["label"] for values in read(path)] == ["0.0", "0.5", "1.0", "1.5"]
    write_npz(path, compressed, series=flat, lengths=[9, -1], label=labels)
    with pytest.raises(DataError, match=r"'lengths' \(2,\), 8 in all"):
        read(path)


@pytest.mark.parametrize("compressed", [False, True])
def test_npz_is_read_an_example_at_a_time(tmp_path, compressed, monkeypatch):
    monkeypatch.setattr("seqtasks.data.readers.array_rows._BUFFER", 2**14)
    series = np.random.default_rng(0).standard_normal((400, 100, 10))
    write_npz(tmp_path / "x.npz", compressed, series=series, unwanted=series, label=np.arange(400))
    tracemalloc.start()
    try:
        count = sum(1 for _ in TimeSeriesReader().read(str(tmp_path / "x.npz"), WANTED))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 400
    assert peak < series.nbytes / 4


@pytest.mark.parametrize("compressed", [False, True])
def test_a_damaged_npz_is_refused(tmp_path, compressed):
    path = tmp_path / "x.npz"
    write_npz(path, compressed, series=np.ones((20, 30, 4)), label=np.arange(20))
    whole = path.read_bytes()
    middle = len(whole) // 3
    for damaged in (
        b"",
        whole[:middle],
        whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
    ):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match=r"x.npz: cannot be read as .npz \("):
            read(path)


ROWS = ["id,t,x,y,label", "s1,0,1.5,-2,a", "s1,1,0.001,4,a", "s1,2,3,0,a", "s2,0,7,8,b"]


def test_a_table_with_a_row_a_step(tmp_path):
    (tmp_path / "x.csv").write_text("\n".join(ROWS))
    (tmp_path / "x.tsv").write_text("\n".join(ROWS).replace(",", "\t"))
    for name in ("x.csv", "x.tsv"):
        assert read(tmp_path / name, sequence="id", channels=["x", "y"]) == expected()
    swapped = read(tmp_path / "x.csv", sequence="id", channels=["y", "x"])
    assert swapped[0]["series"][0] == [-2.0, 1.5]
    every = read(tmp_path / "x.csv", sequence="id")
    assert every[0]["series"][1] == [1.0, 0.001, 4.0]
    columns = {"series": None, "tags": "t"}
    tagged = read(tmp_path / "x.csv", columns, sequence="id", channels=["x"])
    assert [values["tags"] for values in tagged] == [["0", "1", "2"], ["0"]]


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        (ROWS, {}, "reader.sequence=COLUMN"),
        (ROWS, {"sequence": "no"}, "x.csv:1: no column 'no'; the columns are id, t"),
        (ROWS, {"sequence": "id", "channels": ["z"]}, "no column 'z' for the field 'series'"),
        ([*ROWS, "s1,3,1,1,a"], {"sequence": "id"}, "x.csv:6: more of the sequence 's1'"),
        ([*ROWS, "s2,3,1,1,a"], {"sequence": "id"}, "x.csv:5: several values of 'label' in one"),
        ([*ROWS, "s2,3,1,?,b"], {"sequence": "id"}, r"x.csv:6: the column 'y' holds '\?'"),
        (ROWS[:1], {"sequence": "id"}, "no sequence"),
    ],
)
def test_a_broken_table_is_refused_with_its_place(tmp_path, rows, options, said):
    (tmp_path / "x.csv").write_text("\n".join(rows))
    with pytest.raises(DataError, match=said):
        read(tmp_path / "x.csv", **options)


def test_another_suffix_and_a_column_for_many_channels_are_refused(tmp_path):
    (tmp_path / "x.txt").write_text("1")
    (tmp_path / "x.csv").write_text("\n".join(ROWS))
    with pytest.raises(DataError, match=r"the suffix '.txt' names no format"):
        read(tmp_path / "x.txt")
    with pytest.raises(DataError, match=r"reader.channels=\[...\]"):
        read(tmp_path / "x.csv", {"series": "x"}, sequence="id")


def test_decimal_commas_where_no_comma_separates(tmp_path):
    rows = [row.replace(",", ";").replace(".", ",") for row in ROWS]
    (tmp_path / "x.csv").write_text("\n".join(rows))
    assert read(tmp_path / "x.csv", sequence="id", channels=["x", "y"]) == expected()
    (tmp_path / "x.csv").write_text("\n".join([*rows, "s3;0;1.234,5;0;a"]))
    with pytest.raises(DataError, match=r"x.csv:6: the column 'x' holds '1.234,5' where a number"):
        read(tmp_path / "x.csv", sequence="id", channels=["x", "y"])
    (tmp_path / "x.csv").write_text('id,x,label\n1,"1,5",a\n2,"1,500",b\n')
    records = list(TimeSeriesReader(sequence="id").read(str(tmp_path / "x.csv"), WANTED))
    assert records[0].values == {"series": "[[1.5]]", "label": "a"}
    assert records[1].fault.startswith("the column 'x' holds '1,500' where a number is expected")


def test_a_bad_step_spoils_its_sequence_alone(tmp_path):
    rows = [*ROWS, "s2,1,7,8,b,9", "s3,0,7,much,a", "s4,0,1,2,a"]
    (tmp_path / "x.csv").write_text("\n".join(rows))
    records = list(TimeSeriesReader(sequence="id").read(str(tmp_path / "x.csv"), WANTED))
    assert [(r.line, bool(r.fault)) for r in records] == [
        (2, False),
        (6, True),
        (7, True),
        (8, False),
    ]


def test_a_bad_line_of_ts_is_a_fault(tmp_path):
    path = tmp_path / "x.ts"
    path.write_bytes((HEADER + "1,2:3,4:a\n1,2:3:a\n1,2:3,4:\n").replace("\n", "\r").encode())
    records = list(TimeSeriesReader().read(str(path), WANTED))
    assert [bool(record.fault) for record in records] == [False, True, False]
    assert records[2].values["label"] == ""
