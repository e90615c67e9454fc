"""One line of a file that is predicted on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from seqtasks.data.record import Record, Value
from seqtasks.errors import DataError


@dataclass
class Line:
    """A line and the record that stands on it.

    Attributes:
        number: of the line, counted from 1.
        text: the line without its end; bytes that are no UTF-8 are replaced.
        record: the inputs of the model; or why the line cannot be used.
        row: the whole JSON object of the line, where its form has one.
    """

    number: int
    text: str
    record: Record | DataError
    row: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where the line stands, for errors."""
        return f"input:{self.number}"


def numbered(
    lines: Iterable[bytes], read: Callable[[Line], dict[str, Value]], start: int = 1
) -> Iterator[Line]:
    r"""Lines of a file, each with the record that ``read`` finds on it, or the `DataError`.

    >>> fine, bad = numbered([b"a\r\n", b"\xff"], lambda line: {"tokens": line.text})
    >>> fine.record.values, str(bad.record)
    ({'tokens': 'a'}, 'input:2: not valid utf-8 (byte 0xff); convert it to utf-8')
    """
    for number, raw in enumerate(lines, start):
        line = Line(number, bare(raw).decode(errors="replace"), Record({}, "input", number))
        try:
            decode(raw, line.place)
            line.record = Record(read(line), "input", number)
        except DataError as error:
            line.record = error
        yield line


def decoded(lines: Iterable[bytes], name: str = "input") -> Iterator[str]:
    """Lines of UTF-8 without their ends."""
    return (decode(line, f"{name}:{number}") for number, line in enumerate(lines, 1))


def bare(line: bytes) -> bytes:
    """A line without its end."""
    return line.removesuffix(b"\n").removesuffix(b"\r")


def decode(line: bytes, place: str) -> str:
    """A line of UTF-8 without its end."""
    try:
        return bare(line).decode()
    except UnicodeDecodeError as error:
        byte = line[error.start]
        raise DataError(
            f"not valid utf-8 (byte 0x{byte:02x}); convert it to utf-8", where=place
        ) from error
