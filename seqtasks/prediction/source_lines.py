"""The lines of an input, decoded; those that cannot be decoded do not stop the others."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Any

from seqtasks.errors import DataError

_BLOCK = 2**18  # bytes

_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF8: "utf-8-sig",
}
_LOST = re.compile("[\ud800-\udfff]")


class SourceLines:
    r"""Iterates over the lines of a file of text, without their ends, each with its number from 1.

    A byte order mark tells UTF-16 and UTF-32, and is no part of the text; everything else is UTF-8.
    A line ends with ``\n`` or ``\r\n``, and in a file that has no such ends with ``\r``. Bytes that
    cannot be decoded stand in their line as lone surrogates, which `check_decoded` finds.

    Args:
        source: the bytes, in pieces cut anywhere.
        name: of the source, for errors.

    Attributes:
        marked: whether a byte order mark stands in front, once the first line has been read.
        encoding: of the file.

    >>> list(SourceLines([b"\xef\xbb\xbfa\r", b"\nb"]))
    [(1, 'a'), (2, 'b')]
    """

    def __init__(self, source: Iterable[bytes], name: str = "input") -> None:
        self.source, self.name = source, name
        self.marked, self.encoding = False, "utf-8"

    def place(self, number: int) -> str:
        """``name:number`` of a line."""
        return f"{self.name}:{number}"

    def __iter__(self) -> Iterator[tuple[int, str]]:
        number, begun = 1, ""
        for text in self.blocks():
            *lines, begun = (begun + text).split("\n")
            yield from enumerate(lines, number)
            number += len(lines)
        if begun:
            yield number, begun

    def blocks(self) -> Iterator[str]:
        """The text in blocks, with line ends that are one character."""
        pieces = iter(self.source)
        head = next(pieces, b"")
        while len(head) < 4 and not head.endswith(b"\n") and (more := next(pieces, b"")):
            head += more
        mark = next((mark for mark in _MARKS if head.startswith(mark)), None)
        self.marked = mark is not None
        self.encoding = _MARKS[mark] if mark else self.encoding
        decoder = codecs.getincrementaldecoder(self.encoding)(
            "surrogateescape" if self.encoding.startswith("utf-8") else "replace"
        )
        text, held = decoder.decode(head), ""
        ends_alone = "\r" in text.removesuffix("\r") and "\n" not in text
        while True:
            text = held + text
            held = "\r" * (text.endswith("\r") and not ends_alone)
            text = text.removesuffix(held).replace("\r\n", "\n")
            yield text.replace("\r", "\n") if ends_alone else text
            piece = next(pieces, None)
            if piece is None:
                yield held + decoder.decode(b"", final=True)
                return
            text = decoder.decode(piece)


def pieces_of(file: Any) -> Iterator[bytes]:
    """The bytes of an open binary file, as they come."""
    while block := file.read1(_BLOCK):
        yield block


def check_decoded(text: str, place: str, encoding: str = "utf-8") -> None:
    r"""Refuse a text in which bytes could not be decoded.

    Raises:
        DataError: there are such bytes.

    >>> check_decoded("caf\udce9", "input:2")
    Traceback (most recent call last):
    seqtasks.errors.DataError: input:2: not valid utf-8 (byte 0xe9); convert it to utf-8
    """
    if text.isascii() or not (lost := _LOST.search(text)):
        return
    byte = f" (byte 0x{ord(lost[0]) - 0xDC00:02x})" if ord(lost[0]) >= 0xDC80 else ""
    raise DataError(f"not valid {encoding}{byte}; convert it to utf-8", where=place)


def printable(text: str) -> str:
    """The text with a replacement character for each byte that could not be decoded."""
    return text if text.isascii() else _LOST.sub("\ufffd", text)


def decoded(source: Iterable[bytes], name: str = "input") -> Iterator[str]:
    """The lines of a file (DataError: one cannot be decoded)."""
    for number, text in SourceLines(source, name):
        check_decoded(text, f"{name}:{number}")
        yield text
