"""Sequences of vectors in numpy's ``.npz`` files."""

from __future__ import annotations

import json
import lzma
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.readers.array_rows import ArrayRows
from seqtasks.data.readers.opening import open_binary
from seqtasks.data.readers.paths import FilePath
from seqtasks.errors import DataError, first_line

_ONE_VALUE = "biufUSMm"
"""Kinds of types whose values are texts or numbers, or times."""

_DAMAGES = (
    *(OSError, ValueError, TypeError, KeyError, IndexError, OverflowError, EOFError, RuntimeError),
    *(
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        SyntaxError,
        tokenize.TokenError,
    ),
)
"""What reading a damaged archive or header raises."""

_SHAPES = (
    "(examples, steps, channels), or (all steps, channels) laid end to end with 'lengths' beside it"
)


def array_examples(
    path: FilePath, wanted: Mapping[str, str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of each example, from 1, and the values of the wanted fields.

    The array that feeds ``series`` is (examples, steps, channels); with ``lengths`` (examples,)
    beside it only so many steps of each are real, or it is (all steps, channels), one example
    after another. Any other array has one value an example. The wanted arrays are read side by
    side, an example at a time.

    Args:
        path: the file; wanted arrays of Python objects, which are pickled, are refused.
        wanted: field → name of its array.

    Raises:
        DataError: the file cannot be read, has no such array, or arrays of other shapes.
    """
    with (
        _readable(path),
        open_binary(path, seekable=True) as file,
        zipfile.ZipFile(file) as archive,
    ):
        names = [name.removesuffix(".npy") for name in archive.namelist()]
        for field, name in wanted.items():
            if name not in names:
                raise DataError(
                    f"{path}: no array {name!r} for the field '{field}'; its arrays are "
                    f"{', '.join(names) or 'none'}; name one with `{field}.column`=..."
                )
        arrays = {field: ArrayRows(archive, name) for field, name in wanted.items()}
        lengths: NDArray[Any] | None = None
        if "series" in wanted and "lengths" in names:
            lengths = ArrayRows(archive, "lengths").whole()
        values = {
            field: _sequences(array, lengths) if field == "series" else _values(array)
            for field, array in arrays.items()
        }
        for number in range(1, _count(path, arrays, lengths) + 1):
            yield number, {field: next(rest) for field, rest in values.items()}
        for array in arrays.values():
            array.end()


def array_shapes(path: FilePath) -> dict[str, tuple[int, ...]]:
    """The shape of each array of a file.

    Raises:
        DataError: the file cannot be read.
    """
    with (
        _readable(path),
        open_binary(path, seekable=True) as file,
        zipfile.ZipFile(file) as archive,
    ):
        names = [name.removesuffix(".npy") for name in archive.namelist()]
        return {name: ArrayRows(archive, name).shape for name in names}


def _count(path: FilePath, arrays: Mapping[str, ArrayRows], lengths: NDArray[Any] | None) -> int:
    """The number of examples, on which all arrays agree."""
    counts: dict[str, int] = {}
    for field, array in arrays.items():
        if field == "series":
            _check_sequences(path, array, lengths)
        elif len(array.shape) != 1 or array.dtype.kind not in _ONE_VALUE:
            raise DataError(
                f"{path}: the array {array.name!r} of the field '{field}' has the shape "
                f"{array.shape} and holds {array.dtype}; give one value an example, a text or a "
                "number: (examples,)"
            )
        if field == "series" and lengths is not None:
            counts[array.name] = len(lengths)
        else:
            counts[array.name] = array.shape[0]
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise DataError(f"{path}: arrays of unequal numbers of examples: {told}; correct the file")
    return min(counts.values(), default=0)


def _check_sequences(path: FilePath, array: ArrayRows, lengths: NDArray[Any] | None) -> None:
    """Refuse an array of sequences of another shape than it and its lengths may have."""
    name, shape = array.name, array.shape
    if array.dtype.kind not in "fiu":
        raise DataError(f"{path}: the array {name!r} holds {array.dtype}; give numbers")
    if lengths is None:
        if len(shape) == 3:
            return
        raise DataError(f"{path}: {name!r} has the shape {shape}; give {_SHAPES}")
    if lengths.ndim != 1 or lengths.dtype.kind not in "iu":
        raise DataError(
            f"{path}: the array 'lengths' needs one whole number an example; correct the file"
        )
    least, most = (lengths.min(), lengths.max()) if lengths.size else (0, 0)
    total = sum(lengths.tolist())  # in Python's numbers, which do not overflow
    if len(shape) == 3 and len(lengths) == shape[0]:
        if not 0 <= least <= most <= shape[1]:
            raise DataError(
                f"{path}: 'lengths' goes from {least} to {most}, but {name!r} has "
                f"{shape[1]} steps; correct the file"
            )
    elif len(shape) != 2 or least < 0 or total != shape[0]:
        raise DataError(
            f"{path}: {name!r} has the shape {shape} and 'lengths' {lengths.shape}, "
            f"{total} in all; give {_SHAPES}"
        )


def _sequences(array: ArrayRows, lengths: NDArray[Any] | None) -> Iterator[str]:
    """Each example's steps as JSON."""
    padded = len(array.shape) == 3
    wide = array.dtype.itemsize > 8  # than any number of Python
    for number in range(array.shape[0]) if lengths is None else lengths.tolist():
        if padded:
            steps = array.take(1)[0][: None if lengths is None else number]
        else:
            steps = array.take(number)
        yield json.dumps((steps.astype(np.float64) if wide else steps).tolist())


def _values(array: ArrayRows) -> Iterator[str]:
    """Each example's value as a text, blank for one that is no number."""
    for _ in range(array.shape[0]):
        value = array.take(1)[0]
        if isinstance(value, bytes):
            yield value.decode()
        elif value == value:
            yield str(value).encode().decode()  # ValueError: half a character
        else:
            yield ""


@contextmanager
def _readable(path: FilePath) -> Iterator[None]:
    try:
        yield
    except _DAMAGES as error:
        raise DataError(
            f"{path}: cannot be read as .npz ({first_line(error)}); write it with numpy.savez, "
            "without arrays of objects"
        ) from None
