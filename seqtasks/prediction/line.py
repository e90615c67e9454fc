"""One record of a file that is predicted on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from seqtasks.data.record import Value
from seqtasks.errors import DataError


@dataclass
class Line:
    """What stands on a line.

    Attributes:
        number: of the line, counted from 1.
        text: the line without its end; of one that is no UTF-8, what can be read.
        value: what the model reads: a raw text, or its inputs by name; empty where there is an
            error.
        row: what else belongs to the record and is written again.
        error: why there is nothing to read; None if there is.
    """

    number: int
    text: str
    value: str | dict[str, Value] = ""
    row: dict[str, Any] = field(default_factory=dict)
    error: str | None = None

    def settle(self, read: Callable[[], str | dict[str, Value]]) -> None:
        """Take what is read for its value, or the reason why it cannot be."""
        if self.error is None:
            try:
                self.value = read()
            except DataError as error:
                self.value, self.error = "", str(error)


def numbered(lines: Iterable[bytes], name: str = "input") -> Iterator[Line]:
    r"""Lines of a file, each its own value.

    Args:
        lines: with their ends.
        name: of the file, for errors.

    >>> [(line.value, line.error) for line in numbered([b"a\r\n", b"\xff"])]
    [('a', None), ('', 'input:2: not valid utf-8 (byte 0xff); convert it to utf-8')]
    """
    for number, raw in enumerate(lines, 1):
        line = Line(number, bare(raw).decode(errors="replace"))
        line.settle(partial(decode, raw, f"{name}:{number}"))
        yield line


def decoded(lines: Iterable[bytes], name: str = "input") -> Iterator[str]:
    """Lines of UTF-8 without their ends.

    Raises:
        DataError: one is of another encoding.
    """
    return (decode(line, f"{name}:{number}") for number, line in enumerate(lines, 1))


def bare(line: bytes) -> bytes:
    """A line without its end."""
    return line.removesuffix(b"\n").removesuffix(b"\r")


def decode(line: bytes, place: str) -> str:
    """A line of UTF-8 without its end.

    Raises:
        DataError: it is of another encoding.
    """
    try:
        return bare(line).decode()
    except UnicodeDecodeError as error:
        raise DataError(
            f"{place}: not valid utf-8 (byte 0x{line[error.start]:02x}); convert it to utf-8"
        ) from error
