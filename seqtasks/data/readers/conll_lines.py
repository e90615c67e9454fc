"""The lines of a CoNLL file: their columns, and where a sentence ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from seqtasks.data.readers.files import line_blocks
from seqtasks.data.readers.paths import FilePath, format_suffix
from seqtasks.errors import DataError

CONLLU_NAMES = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_ID = re.compile(r"[0-9]+(?:([-.])[0-9]+)?")
_DOCUMENT = "-DOCSTART-"


@dataclass(frozen=True)
class ConllFormat:
    """The form of one file.

    Attributes:
        names: the names of the columns, empty if they have none.
        separator: what stands between columns; None leaves that to the first line of data.
        comment: what a comment line starts with, None if there are no comments.
        ranges: whether the first column numbers the words, and may hold ranges and empty nodes.
    """

    names: Sequence[str]
    separator: str | None
    comment: str | None
    ranges: bool

    @classmethod
    def of(
        cls, path: FilePath, names: Sequence[str], separator: str | None, comment: str | None
    ) -> ConllFormat:
        """Take a file's form from its suffix, where the user does not give it.

        Args:
            path: the file.
            names: the names of the columns, empty if not given.
            separator: what stands between columns, None if not given.
            comment: what a comment line starts with, None if not given.

        >>> from pathlib import Path
        >>> ConllFormat.of(Path("en.conllu"), (), None, None).comment
        '#'
        """
        if format_suffix(path) != ".conllu":
            return cls(names, separator, comment, ranges=False)
        names = names or CONLLU_NAMES
        return cls(names, separator or "\t", comment or "#", ranges=names[0] == "id")

    def sentences(
        self, path: FilePath, encoding: str
    ) -> Iterator[tuple[list[int], list[list[str]]]]:
        """Yield each sentence: the line numbers of its tokens, and their cells.

        The file's first token is yielded alone beforehand, as its columns are those of the file.

        Args:
            path: the file.
            encoding: its encoding.

        Raises:
            DataError: the file cannot be read, or a line has another number of columns than there
                are names, or without names than the first line.
        """
        split: Callable[[str], list[str]] | None = None
        expected = len(self.names)
        reason = "CoNLL-U" if self.names == CONLLU_NAMES else "`reader.names`"
        begun = False
        numbers: list[int] = []
        rows: list[list[str]] = []
        for first, lines in line_blocks(path, encoding):
            for number, line in enumerate(lines, first):
                if self.comment and line.startswith(self.comment):
                    continue
                if not line or line.isspace() or line.startswith(_DOCUMENT):
                    if rows:
                        yield numbers, rows
                        numbers, rows = [], []
                    continue
                split = split or _splitter(self.separator, line)
                cells = split(line)
                if len(cells) != expected:
                    if expected:
                        raise DataError(
                            f"{path}:{number}: {len(cells)} column(s) found, {expected} expected "
                            f"(from {reason}); correct the line or set `reader.separator`"
                        )
                    expected, reason = len(cells), f"line {number}"
                if not self.ranges or _is_word(cells[0], path, number):
                    if not begun:
                        begun = True
                        yield [number], [cells]
                    numbers.append(number)
                    rows.append(cells)
        if rows:
            yield numbers, rows


def _splitter(separator: str | None, line: str) -> Callable[[str], list[str]]:
    """Make the function that splits lines like this one into cells."""
    if separator is None and "\t" not in line:
        return lambda row: [cell for cell in row.replace("\t", " ").split(" ") if cell]
    between = separator or "\t"

    def split(row: str) -> list[str]:
        cells = row.split(between)
        return [cell.strip(" ") for cell in cells] if " " in row else cells

    return split


def _is_word(number: str, path: FilePath, line: int) -> bool:
    """Tell a word from a range of words or an empty node."""
    if number.isascii() and number.isdecimal():
        return True
    match = _ID.fullmatch(number)
    if match is None:
        raise DataError(
            f"{path}:{line}: {number!r} is no CoNLL-U word number, as 3, 3-4 or 8.1 are; "
            "correct the line, or name its columns with `reader.names`=[...]"
        )
    return match[1] is None
