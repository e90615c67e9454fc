"""The lines of a CoNLL file: their columns, and where a sentence ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from seqtasks.data.readers.remarks import remark

RANGE = re.compile(r"[0-9]+[-.][0-9]+")
"""The number of a word range, such as 3-4, or of an empty node, such as 8.1."""

_NO_NUMBER = (
    "a word number in CoNLL-U is written as 3, 3-4 or 8.1; correct the line, or name its columns "
    "with `reader.names`=[...]"
)
KEY = re.compile(r"# *(?:[A-Za-z_][\w.:-]* *=|newdoc\b|newpar\b)")
DOCUMENTS = ("-DOCSTART-", "#begin document", "#end document")
"""What lines between documents begin with: those of CoNLL-2003, and of CoNLL-2011 and 2012."""

Blocks = Iterator[tuple[int, list[str]]]
Sentence = tuple[list[int], list[list[str]], str]
"""The lines of the tokens, and their cells; or the bad line, and what is wrong with it."""


@dataclass(frozen=True)
class ConllForm:
    """The form of one file.

    Attributes:
        path: names the file.
        names: the names of the columns, empty if they have none.
        separator: what stands between columns; empty for any run of spaces and tabs.
        comment: what a comment line starts with, None if that is not known.
        width: how many columns there are.
        varying: whether a sentence may have another number of columns than the one before.
        ranges: whether the first column numbers the words, and may hold ranges and empty nodes.
    """

    path: str
    names: Sequence[str] = ()
    separator: str = ""
    comment: str | None = None
    width: int = 0
    varying: bool = False
    ranges: bool = False

    def measured(self, line: str) -> ConllForm:
        """The form with the number of columns of its names, or else of a first line of data."""
        cells = self.splitter()(line)
        while len(cells) > 1 and not cells[-1]:
            cells.pop()
        return replace(self, width=len(self.names) or len(cells))

    def splitter(self) -> Callable[[str], list[str]]:
        """Make the function that splits a line into cells."""
        if not self.separator:
            return lambda row: [cell for cell in row.replace("\t", " ").split(" ") if cell]
        between = self.separator

        def split(row: str) -> list[str]:
            cells = row.split(between)
            return [cell.strip(" ") for cell in cells] if " " in row else cells

        return split

    def is_comment(self, line: str, begun: bool) -> bool:
        """Whether a line holds no token.

        Where nobody says what begins a comment, it is a line ``# name = value`` before a sentence,
        as in CoNLL-U, or one there that begins with ``# `` and has another number of columns.

        Args:
            line: is not blank.
            begun: whether a token of the sentence stands before it.
        """
        if self.comment is not None:
            return line.startswith(self.comment)
        if begun or not line.startswith("#"):
            return False
        other = bool(self.width) and len(self.splitter()(line)) != self.width
        return bool(KEY.match(line)) or (other and line.startswith("# "))

    def sentences(self, blocks: Blocks) -> Iterator[Sentence]:
        """Yield the sentences on some lines of the file."""
        split, expected, ranges = self.splitter(), self.width, self.ranges
        apart = (*DOCUMENTS, "#" if self.comment is None else self.comment)
        numbers: list[int] = []
        rows: list[list[str]] = []
        bad: list[Sentence] = []
        for first, lines in blocks:
            for number, line in enumerate(lines, first):
                if not line or line.isspace() or line.startswith(apart):
                    if not line or line.isspace() or line.startswith(DOCUMENTS):
                        if rows or bad:
                            yield bad[0] if bad else (numbers, rows, "")
                            numbers, rows, bad = [], [], []
                        continue
                    if self.is_comment(line, bool(rows or bad)):
                        self.note(number)
                        continue
                cells = split(line)
                if len(cells) != expected:
                    if self.varying and not rows:
                        expected = len(cells)
                    elif len(cells) < expected or any(cells[expected:]):
                        bad.append(([number], [], _uneven(len(cells), expected)))
                        continue
                    del cells[expected:]
                if ranges and not (cells[0].isascii() and cells[0].isdecimal()):
                    if not RANGE.fullmatch(cells[0]):
                        bad.append(([number], [], _NO_NUMBER))
                    continue
                numbers.append(number)
                rows.append(cells)
        if rows or bad:
            yield bad[0] if bad else (numbers, rows, "")

    def note(self, line: int) -> None:
        """Say of a comment that nobody has told what begins it."""
        if self.comment is None:
            remark(
                "lines such as '# name = value' are read as comments; data.reader.comment tells "
                "what begins one",
                f"{self.path}:{line}",
            )


def _uneven(found: int, expected: int) -> str:
    return (
        f"{found} column(s) found, {expected} expected; correct the line or set `reader.separator`"
    )
