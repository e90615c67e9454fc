"""Flat arrays in files: appended to while they are written, mapped when they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqtasks.errors import DataError

Layout = dict[str, Any]
"""The type of an array's numbers and its shape, as JSON holds them."""


class FlatFile:
    """An array that grows in a file by rows of one type and shape.

    Args:
        path: a new file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch(exist_ok=False)
        self.count = 0
        self.row: NDArray[Any] | None = None  # none of the rows, but their type and shape

    def append(self, rows: NDArray[Any]) -> None:
        """Write rows behind those that are there.

        Raises:
            ValueError: they are Python objects, or of another type or shape.
        """
        if rows.dtype.hasobject:
            raise ValueError("rows of Python objects")
        if self.row is None:
            self.row = rows[:0]
        elif rows.dtype != self.row.dtype or rows.shape[1:] != self.row.shape[1:]:
            raise ValueError(
                f"rows of {rows.dtype} {rows.shape[1:]} behind rows of {self.row.dtype} "
                f"{self.row.shape[1:]}"
            )
        with self.path.open("ab") as file:
            file.write(np.ascontiguousarray(rows).data)
        self.count += len(rows)

    @property
    def layout(self) -> Layout:
        """How to read what is there."""
        row = np.zeros(0, np.uint8) if self.row is None else self.row
        return {"dtype": row.dtype.str, "shape": [self.count, *row.shape[1:]]}


def write_flat(path: Path, array: NDArray[Any]) -> Layout:
    """Write a whole array into a new file."""
    file = FlatFile(path)
    file.append(array)
    return file.layout


def map_flat(path: Path, layout: Layout) -> NDArray[Any]:
    """The array in a file, whose pages are read on demand.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     layout = write_flat(Path(folder, "a"), np.array([3, 1], np.uint8))
    ...     map_flat(Path(folder, "a"), layout).tolist()
    [3, 1]
    """
    shape, dtype = tuple(layout["shape"]), np.dtype(layout["dtype"])
    if 0 in shape:  # an empty file cannot be mapped
        return np.zeros(shape, dtype)
    return np.asarray(np.memmap(path, dtype, "r", shape=shape))


class Mapped(NamedTuple):
    """An array that is told by its file."""

    path: Path
    dtype: str
    shape: tuple[int, ...]


def by_file(array: Any) -> Any:
    """A mapped array as its file, for another process; anything else as it is.

    Raises:
        DataError: somebody has removed the file.
    """
    mapped = getattr(array, "base", None)
    if isinstance(mapped, np.memmap) and mapped.shape == array.shape:
        path = Path(str(mapped.filename))
        check_there(path)
        return Mapped(path, array.dtype.str, array.shape)
    return array


def from_file(given: Any) -> Any:
    """The inverse of `by_file`."""
    if not isinstance(given, Mapped):
        return given
    return np.asarray(np.memmap(given.path, given.dtype, "r", shape=given.shape))


def check_there(path: Path) -> None:
    """Refuse to hand a file to another process by its name when somebody has removed it.

    Raises:
        DataError: there is no such file.
    """
    if not path.exists():
        raise DataError(
            f"{path.parent}: the prepared data was removed while this run used it; begin again, "
            "with a larger data.cache_gigabytes if other runs have removed it"
        )
