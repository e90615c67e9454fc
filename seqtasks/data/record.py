"""What a reader yields: one example as strings, with the place it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Value = str | list[str]
"""A raw text, or a list of tokens where the file has them apart."""

Columns = Mapping[str, str | int | None]
"""Field name → the column that feeds it; None leaves the choice to the reader."""


@dataclass(frozen=True, slots=True)
class Record:
    """One example before any encoding.

    Attributes:
        values: field name → raw text or list of tokens.
        path: the file it was read from.
        line: the line it starts on, counted from 1.
    """

    values: dict[str, Value]
    path: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """``path:line``, as it stands at the start of an error message."""
        return f"{self.path}:{self.line}"


class Reader(Protocol):
    """Turns what the user wrote under ``data.train`` into records."""

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield the records of one split.

        Args:
            source: a path, a list of paths, or a glob (``parallel``: a pair of them).
            columns: for each wanted field, the column that feeds it, or None for the default.

        Raises:
            DataError: a file is missing, empty, binary, wrongly encoded or of the wrong shape.
        """
        ...
