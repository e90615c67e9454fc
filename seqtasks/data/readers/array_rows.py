"""The rows of an array in a ``.npz`` file, read one after another."""

from __future__ import annotations

import io
import zipfile
from math import prod
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

_BUFFER = 2**20
_LARGEST_ROW = 2**25
"""Numbers of one example; as text they take a gigabyte."""
_LARGEST_WHOLE = 2**31
"""Bytes of an array that has to be held whole."""
_DENSEST = 1040
"""What deflate packs into a byte at most (Deutsch 1996, RFC 1951: 258 bytes in two bits)."""
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
        ValueError: the array holds Python objects, is damaged, or has more in a row than memory
            should hold. What its header says costs nothing before it is compared with the file.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.name = name
        names = archive.namelist()
        member = f"{name}.npy" if f"{name}.npy" in names else name
        if names.count(member) > 1:
            raise ValueError(f"the array {name!r} is there twice")
        stream = cast(Any, archive.open(member))
        self._stream: io.BufferedIOBase = io.BufferedReader(stream, _BUFFER)
        version = np.lib.format.read_magic(self._stream)
        if version not in _HEADERS:
            raise ValueError(f"the array {name!r} is written in the version {version}")
        self.shape, fortran, self.dtype = _HEADERS[version](self._stream)
        if self.dtype.hasobject:
            raise ValueError(f"the array {name!r} holds Python objects")
        self._check_size(archive.getinfo(member))
        if fortran and len(self.shape) > 1:
            if prod(self.shape) * self.dtype.itemsize > _LARGEST_WHOLE:
                raise ValueError(
                    f"the array {name!r} in Fortran's order is too large to be held whole; write "
                    "numpy.ascontiguousarray of it"
                )
            self._stream = io.BytesIO(self._read(self.shape[::-1]).T.tobytes())

    def _check_size(self, member: zipfile.ZipInfo) -> None:
        """Refuse a shape that is not that of as many bytes as the file holds."""
        if any(size < 0 for size in self.shape):
            raise ValueError(f"the array {self.name!r} has the shape {self.shape}")
        packed = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        most = member.compress_size * _DENSEST if packed else member.file_size
        row = prod(self.shape[1:])
        if prod(self.shape) * self.dtype.itemsize > min(most, member.file_size):
            raise ValueError(f"the array {self.name!r} ends before its last row")
        if self.shape and self.shape[0] and not row * self.dtype.itemsize:
            raise ValueError(f"the array {self.name!r} of shape {self.shape} holds nothing")
        if row > _LARGEST_ROW:
            raise ValueError(f"an example of the array {self.name!r} holds {row:,} numbers")

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
        if count * self.dtype.itemsize > _LARGEST_WHOLE:
            raise ValueError(f"{count:,} numbers of the array {self.name!r} are asked for at once")
        data = self._stream.read(count * self.dtype.itemsize)
        if len(data) < count * self.dtype.itemsize:
            raise ValueError(f"the array {self.name!r} ends before its last row")
        return np.frombuffer(data, self.dtype, count).reshape(shape)
