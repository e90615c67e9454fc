"""Sequences of vectors in numpy's ``.npz`` files."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.readers.opening import open_binary
from seqtasks.data.readers.paths import FilePath
from seqtasks.errors import DataError

_SHAPES = (
    "(examples, steps, channels), or (all steps, channels) laid end to end with 'lengths' beside it"
)


def array_examples(
    path: FilePath, wanted: Mapping[str, str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of each example, from 1, and the values of the wanted fields.

    The array that feeds ``series`` is (examples, steps, channels); with ``lengths`` (examples,)
    beside it only so many steps of each are real, or it is (all steps, channels), one example
    after another. Any other array has one value an example.

    Args:
        path: the file; arrays of Python objects, which are pickled, are refused.
        wanted: field → name of its array.

    Raises:
        DataError: the file cannot be read, has no such array, or arrays of other shapes.
    """
    arrays = _load(path)
    for field, name in wanted.items():
        if name not in arrays:
            raise DataError(
                f"{path}: no array {name!r} for the field '{field}'; its arrays are "
                f"{', '.join(arrays) or 'none'}; name one with `{field}.column`=..."
            )
    sequences = {f: _cut(path, name, arrays) for f, name in wanted.items() if f == "series"}
    counts = {wanted[f]: len(rows) for f, rows in sequences.items()}
    for field, name in wanted.items():
        if field not in sequences:
            if arrays[name].ndim != 1:
                raise DataError(
                    f"{path}: the array {name!r} of the field '{field}' has the shape "
                    f"{arrays[name].shape}; give one value an example: (examples,)"
                )
            counts[name] = len(arrays[name])
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise DataError(f"{path}: arrays of unequal numbers of examples: {told}; correct the file")
    for index in range(min(counts.values(), default=0)):
        values = {f: json.dumps(rows[index].tolist()) for f, rows in sequences.items()}
        others = {f: str(arrays[n][index]) for f, n in wanted.items() if f not in sequences}
        yield index + 1, {**values, **others}


def _load(path: FilePath) -> dict[str, NDArray[Any]]:
    try:
        with open_binary(path, seekable=True) as stored:
            file = np.load(stored, allow_pickle=False)
            return {name: file[name] for name in file.files}
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, AttributeError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(
            f"{path}: cannot be read as .npz ({reason}); write it with numpy.savez, without arrays "
            "of objects"
        ) from None


def _cut(path: FilePath, name: str, arrays: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
    """The array of sequences, one (steps, channels) for each example."""
    array, lengths = arrays[name], arrays.get("lengths")
    if array.dtype.kind not in "fiu":
        raise DataError(f"{path}: the array {name!r} holds {array.dtype}; give numbers")
    if lengths is not None and (lengths.ndim != 1 or lengths.dtype.kind not in "iu"):
        raise DataError(f"{path}: the array 'lengths' is to hold one whole number an example")
    if array.ndim == 3 and lengths is None:
        return list(array)
    if array.ndim == 3 and lengths is not None and len(lengths) == len(array):
        if lengths.size and not 0 <= lengths.min() <= lengths.max() <= array.shape[1]:
            raise DataError(
                f"{path}: 'lengths' goes from {lengths.min()} to {lengths.max()}, but {name!r} has "
                f"{array.shape[1]} steps; correct the file"
            )
        return [row[:length] for row, length in zip(array, lengths, strict=True)]
    if array.ndim == 2 and lengths is not None and lengths.sum() == len(array):
        return np.split(array, np.cumsum(lengths)[:-1])
    beside = "" if lengths is None else f" and 'lengths' {lengths.shape}, {lengths.sum()} in all"
    raise DataError(f"{path}: {name!r} has the shape {array.shape}{beside}; give {_SHAPES}")
