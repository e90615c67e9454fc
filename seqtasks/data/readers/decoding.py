r"""A file's bytes as text, block by block, with errors that name the line."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from seqtasks.data.readers.bad_bytes import bad_bytes, binary, known_binary
from seqtasks.data.readers.encodings import (
    MARKS,
    encoding_of,
    has_byte_newlines,
    looks_like_utf8,
    same_family,
)
from seqtasks.data.readers.line_ends import plain_ends
from seqtasks.data.readers.opening import open_binary
from seqtasks.data.readers.paths import FilePath, packed_suffix
from seqtasks.data.readers.remarks import remark
from seqtasks.errors import DataError

_BLOCK = 2**18  # bytes


class EmptyFile(DataError):
    """A file that holds nothing; where it is one of several, the others are read."""


def text_blocks(path: FilePath, encoding: str = "utf-8") -> Iterator[str]:
    r"""Yield a file's text in blocks, cut anywhere, whose lines end with ``\n``.

    What becomes of other ends and of byte order marks is told by `plain_ends`. A mark, or the NUL
    bytes of utf-16 and utf-32, decide over the encoding that is named.

    Args:
        path: the file.
        encoding: its encoding.

    Raises:
        EmptyFile: the file is empty.
        DataError: the file is binary, wrongly encoded or cannot be opened or unpacked; the text
            before the place of the error is yielded first.
    """
    return plain_ends(_decoded(path, encoding), str(path))


def stream_lines(chunks: Iterable[bytes], name: str, encoding: str = "utf-8") -> Iterator[str]:
    r"""Yield the lines of a stream without their ends, each as soon as it is read.

    Ends, marks and encodings are told as by `text_blocks`; a byte that is not valid UTF-8 stands in
    its line as a lone surrogate (``surrogateescape``), for each line to be judged alone.

    Args:
        chunks: the bytes of the stream, cut anywhere.
        name: of the stream, for remarks.
        encoding: its encoding.

    >>> list(stream_lines(["a\rb".encode("utf-16")], "input"))
    ['a', 'b']
    >>> list(stream_lines([b"\xff\n"], "input"))
    ['\udcff']
    """
    begun: list[str] = []
    for text in plain_ends(_stream(chunks, name, encoding), name):
        first, *lines = text.split("\n")
        begun.append(first)
        if lines:
            yield "".join(begun)
            begun = [lines.pop()]
            yield from lines
    if last := "".join(begun):
        yield last


def _stream(chunks: Iterable[bytes], name: str, encoding: str) -> Iterator[str]:
    decoder: codecs.IncrementalDecoder | None = None
    for chunk in chunks:
        if decoder is None:
            found = _found_encoding(chunk, name, encoding)
            kept = "surrogateescape" if has_byte_newlines(found) else "replace"
            decoder = codecs.getincrementaldecoder(found)(kept)
        yield decoder.decode(chunk)
    if decoder is not None:
        yield decoder.decode(b"", final=True)


def _found_encoding(head: bytes, name: str, encoding: str) -> str:
    """The encoding that a text is in; another one than is named is remarked."""
    found = encoding_of(head, encoding)
    if not same_family(encoding, found):
        sign = "its byte order mark says" if head.startswith(MARKS) else "its NUL bytes show"
        remark(f"read as {found}, as {sign}, and not as {encoding}", name)
    elif looks_like_utf8(head, encoding):
        remark(f"read as {encoding}, though it is valid utf-8 beyond ASCII", name)
    return found


def _decoded(path: FilePath, encoding: str) -> Iterator[str]:
    """Yield the text in blocks as it stands in the file, none of them empty."""
    with open_binary(path) as file:
        head = file.peek(_BLOCK)
        if head in (b"", *MARKS):
            raise EmptyFile(f"{path}: empty file; give one that holds text")
        found = _found_encoding(head, str(path), encoding)
        named = encoding if same_family(encoding, found) else found
        decoder = codecs.getincrementaldecoder(found)()
        zero = None if not has_byte_newlines(found) else b"\0"
        wrong = known_binary(path, head)
        data = file.read(_BLOCK)
        if wrong is None and zero and zero in data:
            wrong = binary(path, found)
        while wrong is None:
            end = data.find(zero) if zero else -1
            state = decoder.getstate()
            try:
                text = decoder.decode(data if end < 0 else data[:end], final=not data)
                if end >= 0 or (not zero and "\0" in text):
                    text, wrong = text.partition("\0")[0], binary(path, found)
            except UnicodeDecodeError as error:
                decoder.setstate(state)
                text = decoder.decode(data[: max(0, error.start - len(state[0]))])
                wrong = binary(path, found) if end >= 0 else bad_bytes(path, found, named, error)
            if text:
                yield text
            if not data and wrong is None:
                return
            data = file.read(_BLOCK)
        # Text that is wrong may come of a damaged file, which shows at its end.
        while packed_suffix(path) and file.read(_BLOCK):
            pass
        raise wrong
