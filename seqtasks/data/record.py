"""Records: what readers yield, examples as strings with the places that they came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Value = str | list[str]
"""A raw text, or a list of tokens where the file separates them."""

Columns = Mapping[str, str | int | None]
"""Field name → the column that feeds it; None leaves the choice to the reader."""


@dataclass(slots=True)
class Record:
    """One example before any encoding.

    Attributes:
        values: field name → raw text or list of tokens; a blank text or an empty list where the
            file has no value.
        path: the file of the example.
        line: the line on which the example starts, counted from 1.
        begins: whether the record begins its text; a long running text comes in several records,
            each cut before white space.
        ends: whether the record ends its text.
        fault: why the line gives no example, and how to correct it; empty if it gives one.
    """

    values: dict[str, Value]
    path: str = ""
    line: int = 0
    begins: bool = True
    ends: bool = True
    fault: str = ""

    @property
    def place(self) -> str:
        """``path:line``, the beginning of an error message."""
        return f"{self.path}:{self.line}"


class Reader(Protocol):
    """Turns the user's files into records.

    A reader whose source names no files may have a method ``identity(source)``: plain data that
    decides its records, or None where that is unknown. Without it they are read in every run.
    """

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield the records of one split, also those without a value or with a fault.

        Args:
            source: a path, a list of paths, or a glob (``parallel``: a pair of them).
            columns: for each wanted field, the column that feeds it, or None for the default.

        Raises:
            DataError: a whole file cannot be used: it is missing, empty, binary, wrongly encoded
                or of another format.
        """
        ...
