"""Archives of arrays whose parts say what is not so."""

from __future__ import annotations

import io
import struct
import zipfile
from random import Random

import numpy as np

DESCRIPTIONS = (
    *("<f8", ">f8", "<f4", "<f2", "<f16", "<c16", "|O", "|b1", "<u8", ">i2", "<U3", "<U0", "|S2"),
    *("|V8", "<M8[ns]", "<m8[s]", [("a", "<f8"), ("b", "<i4")], "<f3", "", 5, None, "<U99999999"),
)
SHAPES = (
    *((), (4,), (4, 3), (4, 3, 2), (12, 2), (10**12,), (10**12, 3, 2), (4, 10**12, 2), (0,)),
    *((4, 0, 2), (10**12, 0, 0), (-1, 3, 2), (4, 3, -2), (2**63, 2**63), (4.0, 3), "4", (True, 3)),
    *((1,) * 40, (4, 3, 2, 1)),
)
LENGTHS = ([3, 2, 1, 3], [3] * 4, [-1, 2], [10**12] * 4, [2**62] * 8, [], [[1]], [1.5] * 4, 7)


def header(random: Random, plain: np.ndarray) -> bytes:
    """The beginning of an array file, of which some is not so."""
    told: dict[str, object] = {
        "descr": plain.dtype.str,
        "fortran_order": False,
        "shape": plain.shape,
    }
    for _ in range(random.choice([0, 1, 1, 2])):
        what = random.choice(["descr", "shape", "shape", "fortran_order", "none"])
        given = {"descr": DESCRIPTIONS, "shape": SHAPES, "fortran_order": (True, 1, None, "x")}
        told[what] = random.choice(given.get(what, (1,)))
    text = repr(told).encode("latin-1", "replace")
    if random.random() < 0.1:
        text = random.choice(
            [b"{" * 5000, b"[" * 9000 + b"]", b"", b"1" * 5000, b"__import__('os')"]
        )
    version = random.choice([(1, 0)] * 8 + [(2, 0), (3, 0), (9, 9)])
    size = struct.pack("<H" if version == (1, 0) else "<I", len(text) + 1)
    return b"\x93NUMPY" + bytes(version) + size + text + b"\n"


def archive(random: Random) -> bytes:
    """An archive of a series, labels and lengths, in which something is damaged."""
    series = np.arange(24, dtype=random.choice(["<f8", "<f4", "<i4", ">f8"])).reshape(4, 3, 2)
    if random.random() < 0.3:
        series = series.reshape(12, 2)
    values = random.choice([np.nan, np.inf, 1e39, -1e300, 1e-320])
    if random.random() < 0.3:
        series = series.astype(np.float64)
        series.flat[random.randrange(24)] = values
    labels = random.choice(
        [
            np.array(["up", "down"] * 2),
            np.array([b"up", b"\xff"] * 2),
            np.array([1, 0] * 2),
            np.array([1.5, np.nan] * 2),
            np.array(["\ud800", "b"] * 2),
            np.array(["", "b"] * 2),
            np.array([True, False] * 2),
            np.array(5),
        ]
    )
    arrays = {"series": series, "label": labels}
    if random.random() < 0.6 or series.ndim == 2:
        arrays["lengths"] = np.array(random.choice(LENGTHS))
    changed = random.choice([*arrays, "", ""])
    held = io.BytesIO()
    packing = random.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
    with zipfile.ZipFile(held, "w", packing) as file:
        for name, array in arrays.items():
            if random.random() < 0.03:
                continue
            content = io.BytesIO()
            np.save(content, array)
            data = content.getvalue()
            if name == changed:
                data = header(random, array) + random.choice(
                    [array.tobytes(), b"", array.tobytes() * 50, bytes(2**24)]
                )
            file.writestr(f"{name}.npy", data)
        if random.random() < 0.03 and "series.npy" not in file.namelist():
            file.writestr("series.npy", b"")
    return held.getvalue()
