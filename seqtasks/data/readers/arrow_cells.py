"""The cells of an Arrow column, as other tables hold them: texts and lists of texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import islice
from math import isfinite
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

_Cells = list[Any]

_TEXTS = ("string", "large_string", "string_view")
_TRUTH = {True: "true", False: "false", None: None}


def arrow_cells(array: pa.Array) -> _Cells:
    """Make each cell a text, or a list of texts where the column holds lists.

    Numbers become what ``str`` makes of them, truth values ``true`` and ``false``, dates and times
    ISO 8601, decimals plain digits, lists of lists of numbers JSON. A null is None and NaN and
    infinity stay numbers, for `seqtasks.data.readers.json_lines.non_empty_value` to refuse.

    Args:
        array: a column, or a part of one.

    Raises:
        TypeError: the column's type is another, such as a struct or bytes.

    >>> arrow_cells(pa.array([1, None])), arrow_cells(pa.array([[0.5, 2.0], []]))
    (['1', None], [['0.5', '2.0'], []])
    >>> arrow_cells(pa.array([[[1, 2], [3]]]))
    ['[[1, 2], [3]]']
    """
    if types.is_dictionary(array.type):
        return arrow_cells(array.dictionary_decode())
    if isinstance(array.type, pa.BaseExtensionType):
        return arrow_cells(array.storage)
    for holds, cells in _KINDS:
        if holds(array.type):
            return cells(array)
    raise TypeError(f"a column of the type {array.type} holds no texts")


def all_filled(cells: _Cells) -> bool:
    """Whether each cell is a text that is not blank.

    >>> all_filled(["a", "b"]), all_filled(["a", " "]), all_filled(["a", ["b"]])
    (True, False, False)
    """
    try:
        return all(map(str.strip, cells))
    except TypeError:  # something that is no text
        return False


def _is_text(kind: pa.DataType) -> bool:
    return str(kind) in _TEXTS


def _is_time(kind: pa.DataType) -> bool:
    return types.is_date(kind) or types.is_time(kind) or types.is_timestamp(kind)


def _is_list(kind: pa.DataType) -> bool:
    return types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)


def _texts(array: pa.Array) -> _Cells:
    if str(array.type) == "string_view":
        array = array.cast(pa.large_string())
    return array.to_numpy(zero_copy_only=False).tolist()


def _numbers(array: pa.Array) -> _Cells:
    """Python's numbers; numpy has none that are null."""
    return array.to_pylist() if array.null_count else array.to_numpy(zero_copy_only=False).tolist()


def _whole_numbers(array: pa.Array) -> _Cells:
    return [None if number is None else str(number) for number in _numbers(array)]


def _floats(array: pa.Array) -> _Cells:
    numbers = [None if number is None else float(number) for number in _numbers(array)]
    return [x if x is None or not isfinite(x) else str(x) for x in numbers]


def _decimals(array: pa.Array) -> _Cells:
    return [None if number is None else format(number, "f") for number in array.to_pylist()]


def _times(array: pa.Array) -> _Cells:
    """ISO 8601 by Arrow's own cast, for Python's times have no nanoseconds.

    A file's format may hold finer times than were written, so zeros that end a fraction go.
    """
    texts = pc.replace_substring(array.cast(pa.string()), " ", "T")
    for pattern, kept in ((r"(\.\d*[1-9])0+", r"\1"), (r"\.0+(\D|$)", r"\1")):
        texts = pc.replace_substring_regex(texts, pattern, kept)
    return _texts(texts)


def _lists(array: pa.Array) -> _Cells:
    if not _is_list(array.type.value_type):
        return _grouped(array, arrow_cells(array.flatten()))
    return [json.dumps(cell) if cell else cell for cell in _nested(array)]


def _nested(array: pa.Array) -> _Cells:
    """Lists of any depth with numbers in them."""
    if _is_list(array.type):
        return _grouped(array, _nested(array.flatten()))
    if types.is_integer(array.type) or types.is_floating(array.type):
        return _numbers(array)
    raise TypeError(f"lists of lists of {array.type} are not lists of steps")


def _grouped(array: pa.Array, parts: Iterable[Any]) -> _Cells:
    """The parts of all lists, cut into the lists again."""
    rest = iter(parts)
    lengths = pc.list_value_length(array).to_pylist()
    return [None if length is None else list(islice(rest, length)) for length in lengths]


_KINDS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], _Cells]], ...] = (
    (_is_text, _texts),
    (_is_list, _lists),
    (types.is_integer, _whole_numbers),
    (types.is_floating, _floats),
    (types.is_boolean, lambda array: [_TRUTH[cell] for cell in array.to_pylist()]),
    (types.is_decimal, _decimals),
    (_is_time, _times),
    (types.is_null, lambda array: array.to_pylist()),
)
