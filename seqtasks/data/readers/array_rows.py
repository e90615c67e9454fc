"""The rows of an array in a ``.npz`` file, read one after another."""

from __future__ import annotations

import io
import zipfile
from math import prod
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

_BUFFER = 2**20
_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


class ArrayRows:
    """An array of which no more is held than the rows that are asked for.

    An array in Fortran's order, whose rows are scattered over the file, is read whole.

    Args:
        archive: the ``.npz`` file.
        name: of the array, without ``.npy``.

    Attributes:
        shape: of the array.
        dtype: of its numbers or texts.

    Raises:
        ValueError: the array holds Python objects, or is damaged.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.name = name
        member = f"{name}.npy" if f"{name}.npy" in archive.namelist() else name
        stream = cast(Any, archive.open(member))
        self._stream: io.BufferedIOBase = io.BufferedReader(stream, _BUFFER)
        version = np.lib.format.read_magic(self._stream)
        if version not in _HEADERS:
            raise ValueError(f"the array {name!r} is written in the version {version}")
        self.shape, fortran, self.dtype = _HEADERS[version](self._stream)
        if self.dtype.hasobject:
            raise ValueError(f"the array {name!r} holds Python objects")
        if fortran and len(self.shape) > 1:
            self._stream = io.BytesIO(self._read(self.shape[::-1]).T.tobytes())

    def take(self, count: int) -> NDArray[Any]:
        """The next rows, (count, …)."""
        return self._read((count, *self.shape[1:]))

    def whole(self) -> NDArray[Any]:
        """All rows, if none is taken yet."""
        return self._read(self.shape)

    def end(self) -> None:
        """Read on to the end of the array, where its checksum is compared.

        Raises:
            zipfile.BadZipFile: the checksum is another.
        """
        self._stream.read(1)

    def _read(self, shape: tuple[int, ...]) -> NDArray[Any]:
        count = prod(shape)
        data = self._stream.read(count * self.dtype.itemsize)
        if len(data) < count * self.dtype.itemsize:
            raise ValueError(f"the array {self.name!r} ends before its last row")
        return np.frombuffer(data, self.dtype, count).reshape(shape)
