"""Errors for files whose bytes are not the text that they are read as."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from seqtasks.data.readers.encodings import guessed_wide, likely_encodings
from seqtasks.data.readers.line_ends import plain_ends
from seqtasks.data.readers.opening import open_binary
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.readers.remarks import unsaid
from seqtasks.errors import DataError

_BLOCK = 2**18  # bytes
_SHOWN = 20
_LONGEST = 10_000  # bytes of a bad line that are looked at
_ESCAPED, _REPLACED = re.compile("[\udc80-\udcff]"), re.compile("\ufffd")

_BEGINNINGS = {
    b"\x1f\x8b": "compressed by gzip; give the file the suffix .gz",
    b"\xfd7zXZ\0": "compressed by xz; give the file the suffix .xz",
    b"\x28\xb5\x2f\xfd": "compressed by zstd; give the file the suffix .zst",
    b"PK\x03\x04": "a zip archive or an Excel workbook; unpack it, or save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file; save it as CSV or as text",
    b"%PDF-": "a PDF; give its text",
    b"PAR1": "a Parquet file; read it with data=table and the suffix .parquet",
    b"ARROW1\0": "an Arrow file; read it with data=table and the suffix .arrow",
    b"version https://git-lfs.github.com/": "what Git LFS leaves in a file's place; run git lfs "
    "pull to get the file",
}


def known_binary(path: FilePath, head: bytes) -> DataError | None:
    """The error for a file that is something else than text, by its first bytes."""
    for beginning, what in _BEGINNINGS.items():
        if head.startswith(beginning):
            return DataError(f"{path}: by its first bytes it is {what}")
    return None


def binary(path: FilePath, encoding: str) -> DataError:
    """The error for a file with a NUL byte, which names its line."""
    with open_binary(path) as file:
        wide = guessed_wide(file.peek(_BLOCK)) or "utf-16"
    with unsaid():
        line = next((number for number, text in _lines(path, encoding) if "\0" in text), 1)
    return DataError(
        f"{path}:{line}: a NUL byte, as in a binary file; give a text file, "
        f"or set `reader.encoding`={wide} if it is text in that one"
    )


def bad_bytes(path: FilePath, encoding: str, named: str, error: UnicodeDecodeError) -> DataError:
    """The error for bytes that are not valid, with the lines, up to twenty, that have some.

    Args:
        path: the file.
        encoding: the one that it is read in.
        named: what the encoding is called.
        error: the first.
    """
    numbers, data, fine = [], b"", 0
    with unsaid():
        for number, line in _lines(path, encoding):
            if line.isascii():
                continue
            if not (_ESCAPED if _escapes(encoding) else _REPLACED).search(line):
                fine += 1
                continue
            numbers.append(number)
            if len(numbers) <= _SHOWN:
                data += line[:_LONGEST].encode("utf-8", "surrogateescape") + b"\n"
    first, *others = numbers or [1]
    listed = ""
    if others:
        shown = ", ".join(map(str, others[: _SHOWN - 1]))
        more = f" and {len(numbers) - _SHOWN:,} more" if len(numbers) > _SHOWN else ""
        listed = f", nor {'is line' if len(others) == 1 else 'are lines'} {shown}{more}"
    if not _escapes(encoding):
        data, fine = error.object, 0
    found = " or ".join(likely_encodings(data, encoding))
    way = f"convert the file to {named}" + (f" or set `reader.encoding`={found}" if found else "")
    if fine:
        rest = f"{fine:,} other line" + ("s are" if fine > 1 else " is")
        way = f"{rest} {named} beyond ASCII, so correct these bytes, which may be {found}"
    byte = error.object[error.start]
    return DataError(f"{path}:{first}: not valid {named} (byte 0x{byte:02x}){listed}: {way}")


def _escapes(encoding: str) -> bool:
    """Whether bytes that are not valid can be told from all characters that are."""
    return codecs.lookup(encoding).name.startswith("utf-8")


def _lines(path: FilePath, encoding: str) -> Iterator[tuple[int, str]]:
    """The numbered lines of a file, with marks in the place of bytes that are not valid."""
    kept = "surrogateescape" if _escapes(encoding) else "replace"
    number, begun = 1, ""
    for text in plain_ends(_blocks(path, encoding, kept), str(path)):
        *lines, begun = (begun + text).split("\n")
        yield from enumerate(lines, number)
        number += len(lines)
    yield number, begun


def _blocks(path: FilePath, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with open_binary(path) as file:
        while data := file.read(_BLOCK):
            yield decoder.decode(data)
    yield decoder.decode(b"", final=True)
