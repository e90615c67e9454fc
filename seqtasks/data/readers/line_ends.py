r"""Lines that end with ``\n`` alone, whatever ends them in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from seqtasks.data.readers.remarks import remark

_MARK = "\ufeff"
_MARKS = re.compile(f"^{_MARK}+(?![\t ])", re.MULTILINE)
_END = re.compile(r"\r*\n|\r")
_PARTS = ("\r", _MARK)
_UNDECIDED = 2**18  # characters


def plain_ends(blocks: Iterable[str], name: str) -> Iterator[str]:
    r"""Yield a text's blocks with lines that end with ``\n``, and no byte order mark before one.

    ``\r\n`` becomes ``\n``, and so does ``\r\r\n``, which two conversions leave. A ``\r`` alone
    ends a line if it ends the text's first line and more of its first 256 thousand characters than
    ``\n``, as in files of the old Macintosh; elsewhere it is white space within a line. A byte
    order mark stands before the text, or before any line where files were joined; within a line, or
    where it is the first of several columns, the character is kept.

    Args:
        blocks: of the text, cut anywhere.
        name: of the file, for remarks.

    >>> "".join(plain_ends(["one\r", "\ntwo\rhalves\n"], "a.txt"))
    'one\ntwo\rhalves\n'
    >>> "".join(plain_ends(["one\rtwo\r"], "a.txt"))
    'one\ntwo\n'
    """
    alone: bool | None = None  # whether a \r alone ends a line, once a line has ended
    line, starts = 1, True
    for text in _between_ends(blocks):
        if alone is None and ("\r" in text or "\n" in text):
            alone = _alone(text)
        if "\r" in text:
            text = text.replace("\r\n", "\n")
            if alone:
                text = text.replace("\r", "\n")
            elif "\r" in text:
                text = _with_returns(text, name, line)
        if _MARK in text:
            text = _without_marks(text, name, line, starts)
        if text:
            yield text
            line, starts = line + text.count("\n"), text.endswith("\n")


def _between_ends(blocks: Iterable[str]) -> Iterator[str]:
    r"""Join blocks so that none but the last ends within a line's end, or with a mark.

    The block of the first ``\r`` holds a ``\n``, too, unless there is none in a long text.
    """
    held, decided = "", False
    for block in blocks:
        text = held + block if held else block
        decided = decided or "\n" in text or len(text) >= _UNDECIDED
        held = ""
        if "\r" in text and not decided:
            held, text = text, ""
        elif text.endswith(_PARTS):
            held = text[len(text.rstrip("".join(_PARTS))) :]
            text = text.removesuffix(held)
        if text:
            yield text
    if held:
        yield held


def _alone(text: str) -> bool:
    r"""Whether a ``\r`` alone ends lines, where a text has some end."""
    first = _END.search(text)
    if first is None or first[0] != "\r":
        return False
    return text.count("\r") - text.count("\r\n") > text.count("\n")


def _with_returns(text: str, name: str, line: int) -> str:
    r"""The text without each ``\r`` before a line's end; those that are left are remarked."""
    while "\r\n" in text:
        text = text.replace("\r\n", "\n")
    if text.endswith("\r"):  # of the whole
        text = text.rstrip("\r") + "\n"
    if count := text.count("\r"):
        at = line + text.count("\n", 0, text.index("\r"))
        remark("a carriage return within a line is white space there", f"{name}:{at}", count)
    return text


def _without_marks(text: str, name: str, line: int, starts: bool) -> str:
    """The text without the byte order marks before lines."""
    if line == 1 and starts:
        text = text.lstrip(_MARK)
    first = 0 if starts else len(text) - len(text.lstrip(_MARK))
    inner = [*_MARKS.finditer(text, first)]
    if inner:
        at = line + text.count("\n", 0, inner[0].start())
        remark("a byte order mark before a line is left out", f"{name}:{at}", len(inner))
    return text[:first] + _MARKS.sub("", text[first:])
