"""Encoded values as flat columns, which files can hold and grow by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from seqtasks.data.store.ragged import Ragged

Flat = NDArray[Any] | Ragged
"""An array with a row for each record, or sequences of unequal length."""


class Encoded(Protocol):
    """The values of one field in some examples, as numbers.

    What is neither an array nor a `Ragged` has a method ``columns() -> dict[str, Flat]``.
    """

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Any: ...


def columns_of(encoded: Any) -> Mapping[str, Flat]:
    """Take encoded values apart; an array or a `Ragged` is the only column, without a name.

    Raises:
        TypeError: they are neither, and have no ``columns()``.
    """
    if isinstance(encoded, (np.ndarray, Ragged)):
        return {"": encoded}
    if not hasattr(encoded, "columns"):
        raise TypeError(f"a {type(encoded).__name__}")
    columns: Mapping[str, Flat] = encoded.columns()
    return columns


def number_type(count: int) -> DTypeLike:
    """The smallest integer type for the numbers from 0 to ``count - 1``.

    >>> [np.dtype(number_type(count)).name for count in (2, 256, 257, 70_000)]
    ['uint8', 'uint8', 'uint16', 'uint32']
    """
    return np.min_scalar_type(max(count - 1, 0))
