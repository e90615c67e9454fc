r"""A file's bytes as text, block by block, with errors that name the line."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator

from seqtasks.data.readers.opening import open_binary
from seqtasks.data.readers.paths import FilePath, packed_suffix
from seqtasks.errors import DataError

_BLOCK = 2**18  # bytes
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKS = (*_UTF_16, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def text_blocks(path: FilePath, encoding: str = "utf-8") -> Iterator[str]:
    r"""Yield a file's text in blocks, cut anywhere but between ``\r`` and ``\n``.

    ``\r\n`` becomes ``\n``, and a byte order mark is dropped.

    Args:
        path: the file.
        encoding: its encoding.

    Raises:
        DataError: the file is empty, binary, wrongly encoded or cannot be opened or unpacked; the
            text before the place of the error is yielded first.
    """
    mark, held = "\ufeff", ""
    for block in _decoded(path, encoding):
        text = (held + block.removeprefix(mark)).replace("\r\n", "\n")
        mark, held = "", "\r" * text.endswith("\r")
        yield text.removesuffix(held)
    yield held


def _decoded(path: FilePath, encoding: str) -> Iterator[str]:
    """Yield the text in blocks as it stands in the file, none of them empty."""
    line = 1
    with open_binary(path) as file:
        data = file.read(_BLOCK)
        decoder = _decoder(encoding, data)
        wrong = _unfit(path, data, encoding)
        while wrong is None:
            text, wrong = _decode(decoder, data, encoding, path, line)
            if text:
                yield text
            if not data and wrong is None:
                return
            line += text.count("\n")
            data = file.read(_BLOCK)
        # Text that is wrong may come of a damaged file, which shows at its end.
        while packed_suffix(path) and file.read(_BLOCK):
            pass
        raise wrong


def _decoder(encoding: str, head: bytes) -> codecs.IncrementalDecoder:
    """Make a decoder; without a byte order mark the machine's own order is taken."""
    name = codecs.lookup(encoding).name
    if name in ("utf-16", "utf-32") and not head.startswith(_MARKS):
        name = f"{name}-{sys.byteorder[0]}e"
    return codecs.getincrementaldecoder(name)()


def _decode(
    decoder: codecs.IncrementalDecoder, data: bytes, encoding: str, path: FilePath, line: int
) -> tuple[str, DataError | None]:
    """Decode a block, which is empty at the end, up to the first error, which is returned too."""
    end = data.find(b"\0") if _has_byte_newlines(encoding) else -1
    state = decoder.getstate()
    try:
        text = decoder.decode(data if end < 0 else data[:end], final=not data)
    except UnicodeDecodeError as error:
        if end >= 0:
            return "", _binary(path, line + data.count(b"\n", 0, end))
        decoder.setstate(state)
        text = decoder.decode(data[: max(0, error.start - len(state[0]))])
        return text, _undecodable(path, line + text.count("\n"), error, encoding)
    return text, None if end < 0 else _binary(path, line + text.count("\n"))


def _has_byte_newlines(encoding: str) -> bool:
    return "\n".encode(encoding) == b"\n"


def _unfit(path: FilePath, head: bytes, encoding: str) -> DataError | None:
    """The error for an empty or binary file, judged by its first block."""
    if head in (b"", codecs.BOM_UTF8, *_UTF_16):
        return DataError(f"{path}: empty file; give one that holds text")
    if not _has_byte_newlines(encoding):
        return None
    if head.startswith(_UTF_16):
        return DataError(f"{path}:1: utf-16 text; set `reader.encoding`=utf-16")
    if b"\0" in head:
        return _binary(path, head.count(b"\n", 0, head.index(b"\0")) + 1)
    return None


def _binary(path: FilePath, line: int) -> DataError:
    return DataError(
        f"{path}:{line}: a NUL byte, as in a binary file; give a text file, "
        "or set `reader.encoding` if it is text in another one"
    )


def _undecodable(path: FilePath, line: int, error: UnicodeDecodeError, encoding: str) -> DataError:
    other = "latin-1" if codecs.lookup(encoding).name.startswith("utf-8") else "utf-8"
    return DataError(
        f"{path}:{line}: not valid {encoding} (byte 0x{error.object[error.start]:02x}): "
        f"convert the file to {encoding} or set `reader.encoding`={other}"
    )
