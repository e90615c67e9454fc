"""The lines of an input, decoded; those that cannot be decoded do not stop the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from seqtasks.data.readers.decoding import stream_lines
from seqtasks.data.readers.encodings import MARKS
from seqtasks.errors import DataError

_BLOCK = 2**18  # bytes
_LEAST = 4  # bytes, which hold any byte order mark
_LOST = re.compile("[\udc80-\udcff]")


class SourceLines:
    r"""Iterates over the lines of a file of text, without their ends, each with its number from 1.

    Encoding and line ends are told as those of training data are (`stream_lines`). A byte that
    cannot be decoded stands in its line as a lone surrogate, which `check_decoded` finds.

    Args:
        source: the bytes, in pieces cut anywhere.
        name: of the source, for errors.
        encoding: of the source.

    Attributes:
        marked: whether a byte order mark stands in front, once the first line has been read.

    >>> list(SourceLines([b"\xef\xbb\xbfa\r", b"\nb"]))
    [(1, 'a'), (2, 'b')]
    """

    def __init__(
        self, source: Iterable[bytes], name: str = "input", encoding: str = "utf-8"
    ) -> None:
        self.source, self.name, self.marked = source, name, False
        self.encoding = encoding

    def place(self, number: int) -> str:
        """``name:number`` of a line."""
        return f"{self.name}:{number}"

    def __iter__(self) -> Iterator[tuple[int, str]]:
        pieces = iter(self.source)
        head = next(pieces, b"")
        while len(head) < _LEAST and not head.endswith(b"\n") and (more := next(pieces, b"")):
            head += more
        self.marked = head.startswith(MARKS)
        yield from enumerate(stream_lines(chain([head], pieces), self.name, self.encoding), 1)


def pieces_of(file: Any) -> Iterator[bytes]:
    """The bytes of an open binary file, as they come."""
    while block := file.read1(_BLOCK):
        yield block


def check_decoded(text: str, place: str) -> None:
    r"""Refuse a text in which bytes could not be decoded.

    Raises:
        DataError: there are such bytes.

    >>> check_decoded("caf\udce9", "input:2")
    Traceback (most recent call last):
    seqtasks.errors.DataError: input:2: not valid utf-8 (byte 0xe9); convert it to utf-8
    """
    if text.isascii() or not (lost := _LOST.search(text)):
        return
    byte = ord(lost[0]) - 0xDC00
    raise DataError(f"not valid utf-8 (byte 0x{byte:02x}); convert it to utf-8", where=place)


def printable(text: str) -> str:
    """The text with a replacement character for each byte that could not be decoded."""
    return text if text.isascii() else _LOST.sub("\ufffd", text)


def decoded(source: Iterable[bytes], name: str = "input") -> Iterator[str]:
    """The lines of a file (DataError: one cannot be decoded)."""
    for number, text in SourceLines(source, name):
        check_decoded(text, f"{name}:{number}")
        yield text
