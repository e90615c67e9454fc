"""The beginning of a file of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from seqtasks.data.readers.decoding import EmptyFile, text_blocks
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.readers.remarks import unsaid

_LOOKED_AT = 2**18  # characters


@dataclass(frozen=True)
class Beginning:
    """The first lines of a file, as readers read them.

    Attributes:
        path: the file.
        lines: without their ends; the last one may be cut where that is the only one.
    """

    path: FilePath
    lines: Sequence[str]

    @cached_property
    def filled(self) -> list[str]:
        """The lines that are not blank, at least one."""
        return [line for line in self.lines if line and not line.isspace()]


def beginning_of(path: FilePath, encoding: str) -> Beginning:
    """Read the first 256 thousand characters of a file, plain or compressed, local or remote.

    Raises:
        EmptyFile: the file is empty, or blank so far.
        DataError: it holds no text, is in another encoding, or cannot be opened.
    """
    text = ""
    with unsaid():
        for block in text_blocks(path, encoding):
            text += block
            if len(text) >= _LOOKED_AT:
                break
    lines = text.split("\n")
    if len(lines) > 1:  # the last one is empty, or perhaps cut
        last = lines.pop()
        if last and len(text) < _LOOKED_AT:
            lines.append(last)
    found = Beginning(path, lines)
    if not found.filled:
        raise EmptyFile(f"{path}: blank lines only; give a file that holds text")
    return found
