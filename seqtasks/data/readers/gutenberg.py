"""The book inside a Project Gutenberg file, without the licence around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from seqtasks.data.readers.files import line_blocks, read_lines
from seqtasks.data.readers.paths import FilePath
from seqtasks.errors import DataError

_START = re.compile(r"\*\*\* ?START OF TH(?:E|IS) PROJECT GUTENBERG", re.I)
_OLD_START = re.compile(r"\*END\*? ?THE SMALL PRINT!", re.I)
_END = re.compile(
    r"\*\*\* ?END OF TH(?:E|IS) PROJECT GUTENBERG|End of (?:The |This )?Project Gutenberg", re.I
)


def begins_book(lines: Iterable[str]) -> bool:
    """Whether the mark that ends the header of Project Gutenberg is among some lines."""
    return any(_START.match(line) or _OLD_START.match(line) for line in lines)


def book_lines(path: FilePath, encoding: str) -> tuple[int, int]:
    """Find a file's book by the marks around it, which are lines of their own.

    The header ends with the line ``*** START OF THE PROJECT GUTENBERG ...`` (``THIS`` in older
    files, the line ``*END*THE SMALL PRINT! ...`` in the oldest). The footer starts at the line
    ``*** END OF THE PROJECT GUTENBERG ...``, or at ``End of Project Gutenberg's ...``, which
    older files put before it.

    Args:
        path: the file.
        encoding: its encoding.

    Returns:
        The number of the first line of the book, and of the first line behind it.

    Raises:
        DataError: either mark is missing, or the file cannot be read.
    """
    start = old_start = end = old_end = 0
    for number, line in read_lines(path, encoding):
        if not start and _START.match(line):
            start = number
        elif not old_start and _OLD_START.match(line):
            old_start = number
        elif _END.match(line):
            end = end or number * bool(start)
            old_end = old_end or number * bool(old_start)
    if not start:
        start, end = old_start, old_end
    if not start or not end:
        mark = "END" if start else "START"
        raise DataError(
            f"{path}: no line '*** {mark} OF THE PROJECT GUTENBERG ...'; "
            "set `reader.strip_gutenberg`=false, or get the whole file"
        )
    return start + 1, end


def book_blocks(path: FilePath, encoding: str, start: int, end: int) -> Iterator[str]:
    """Yield the text of some lines, up to the end that is not among them, in blocks."""
    for first, lines in line_blocks(path, encoding):
        book = lines[max(0, start - first) : max(0, end - first)]
        if book:
            yield "\n".join(book) + "\n"
