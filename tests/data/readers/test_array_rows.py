"""Archives of arrays that say what is not so."""

from __future__ import annotations

import io
import json
import struct
import tracemalloc
import warnings
import zipfile

import numpy as np
import pytest

from seqtasks.data.readers import TimeSeriesReader
from seqtasks.errors import DataError

LABELS = np.array(["a", "b"])


def lying(path, told, content=b"", packing=zipfile.ZIP_DEFLATED, **arrays):
    """An archive whose series has a header of one's own."""
    text = repr({"descr": "<f8", "fortran_order": False, **told}).encode() + b"\n"
    begin = b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text
    with zipfile.ZipFile(path, "w", packing) as file:
        file.writestr("series.npy", begin + content)
        for name, array in {"label": LABELS, **arrays}.items():
            held = io.BytesIO()
            np.save(held, array)
            file.writestr(f"{name}.npy", held.getvalue())


def read(path):
    return list(TimeSeriesReader().read(str(path), {"series": None, "label": None}))


@pytest.mark.parametrize(
    ("told", "content", "said"),
    [
        ({"shape": (2, 10**12, 3)}, b"", "ends before its last row"),
        ({"shape": (10**12, 2, 3)}, bytes(96), "ends before its last row"),
        ({"shape": (2, 10**5, 10**3)}, bytes(2**24), "ends before its last row"),
        ({"shape": (2, -3, 2)}, bytes(96), "has the shape"),
        ({"shape": (10**12, 0, 2)}, b"", "holds nothing"),
        ({"shape": (2, 2, 2), "descr": "|O"}, bytes(96), "without arrays of objects"),
        ({"shape": (2, 2, 2), "descr": [("a", "<f8")]}, bytes(96), "give numbers"),
        ({"shape": (2, 2, 2), "descr": "<c16"}, bytes(128), "give numbers"),
        ({"shape": (2, 2, 2), "descr": "?!"}, bytes(128), "cannot be read as .npz"),
        ({"shape": (10**9, 10**9), "fortran_order": True}, b"", "ends before its last row"),
        ({"shape": "(2, 2)"}, b"", "cannot be read as .npz"),
        ({"shape": ()}, bytes(8), "has the shape ()"),
    ],
)
def test_a_header_that_lies_is_refused_before_it_costs_memory(tmp_path, told, content, said):
    lying(tmp_path / "a.npz", told, content)
    tracemalloc.start()
    try:
        with pytest.raises(DataError) as caught:
            read(tmp_path / "a.npz")
        assert tracemalloc.get_traced_memory()[1] < 2**26
    finally:
        tracemalloc.stop()
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / 'a.npz'}: ")


def test_an_example_that_unpacks_to_gigabytes_is_refused(tmp_path):
    lying(tmp_path / "a.npz", {"shape": (1, 2**26, 1), "descr": "|i1"}, bytes(2**26))
    with pytest.raises(DataError, match=r"holds 67,108,864 numbers"):
        read(tmp_path / "a.npz")


def test_wide_floats_and_swapped_bytes_are_numbers(tmp_path):
    values = np.array([[[0.5, 1.0]], [[2.0, 3.0]]])
    for kind in ("f16", ">f8", ">i2", "f2"):
        np.savez(tmp_path / "a.npz", series=values.astype(kind), label=LABELS)
        found = [json.loads(record.values["series"]) for record in read(tmp_path / "a.npz")]
        assert found == values.astype(kind).astype(float).tolist()


def test_labels_of_bytes_are_texts(tmp_path):
    np.savez(tmp_path / "a.npz", series=np.zeros((2, 1, 1)), label=np.array([b"up", b"down"]))
    assert [record.values["label"] for record in read(tmp_path / "a.npz")] == ["up", "down"]


def test_an_array_that_is_there_twice_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", series=np.zeros((2, 1, 1)), label=LABELS)
    with zipfile.ZipFile(tmp_path / "a.npz", "a") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file.writestr("series.npy", b"")
    with pytest.raises(DataError, match="the array 'series' is there twice"):
        read(tmp_path / "a.npz")


def test_lengths_whose_sum_overflows_are_refused(tmp_path):
    lengths = np.array([2**62, 2**62, 2**62, 2**62 + 4])
    np.savez(tmp_path / "a.npz", series=np.zeros((4, 1)), label=LABELS, lengths=lengths)
    with pytest.raises(DataError, match="18446744073709551620 in all"):
        read(tmp_path / "a.npz")
