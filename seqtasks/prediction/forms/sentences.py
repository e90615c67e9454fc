"""CoNLL: a token on a line, a blank line after each sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from seqtasks.data.fields.columns import Column
from seqtasks.data.readers.columns import locate
from seqtasks.data.readers.conll_lines import CONLLU_NAMES
from seqtasks.data.record import Value
from seqtasks.errors import DataError
from seqtasks.prediction.forms.record_form import InputColumns, InputForm
from seqtasks.prediction.line import Line, SentenceLine, line_at, place_of
from seqtasks.prediction.source_lines import SourceLines, check_decoded, printable

_COMMENT = re.compile(r"# |#$|#(?:begin|end) document\b")
_RANGE = re.compile(r"[0-9]+[-.][0-9]+")

Block = list[tuple[int, str]]
"""The lines between two blank lines, each with its number."""


class SentenceInput(InputForm):
    """The tokens of a sentence one a line, in the first column unless another is named.

    Columns stand between tabs, or between spaces where the first token has no tab beside it. In
    CoNLL-U, which ten columns with the number of a word in the first show, tokens are the column
    ``form``, and word ranges and empty nodes are passed over. A line that begins with ``#`` and a
    space is a comment where it has another number of columns than the first token; so are
    ``-DOCSTART-`` and the lines that begin and end documents.

    Args:
        columns: as of `InputForm`; a number counts from 0.
        column_names: of the columns, in order, where they have names.
    """

    def __init__(self, columns: InputColumns, column_names: Sequence[str] = ()) -> None:
        super().__init__(columns)
        self.names, self.column_names = list(columns), column_names
        self.width, self.separator, self.numbered = 0, "\t", False
        self.at: dict[str, int] = {}

    def read(self, source: SourceLines) -> Iterator[Line]:
        held: Line | None = None  # comments that end the file belong to its last sentence
        remarks: list[SentenceLine] = []
        for block in blocks(source):
            if not self.width:
                self.begin(block)
            lines = [SentenceLine(printable(text), *self.kind(text)) for _, text in block]
            if not any(line.is_token for line in lines):
                remarks += [*lines, SentenceLine("")]
                continue
            if held is not None:
                yield held
            held = line_at(block[0][0])
            held.lines, remarks = remarks + lines, []
            held.read(partial(self.inputs, held, block, source.encoding))
        if held is not None:
            held.lines += [SentenceLine(""), *remarks[:-1]] if remarks else []
            yield held

    def begin(self, block: Block) -> None:
        """Learn the columns from the first token, which does not begin with ``#``, if it is there.

        Raises:
            DataError: there is no such column as an input is to be read from.
        """
        for number, text in block:
            if text.startswith(("#", "-DOCSTART-")):
                continue
            self.separator = "\t" if "\t" in text else " "
            cells = self.cells(text)
            self.width = len(cells)
            self.numbered = self.width == len(CONLLU_NAMES) and cells[0].split("-")[0].isdecimal()
            names = CONLLU_NAMES if self.numbered else self.column_names
            self.at = {
                name: position(name, column, names, self.width, place_of(number))
                for name, column in self.columns.items()
            }
            return

    def cells(self, text: str) -> list[str]:
        """The columns of a line."""
        if self.separator == " ":
            return text.replace("\t", " ").split(" ") if "  " not in text else text.split()
        return [cell.strip(" ") for cell in text.split("\t")]

    def kind(self, text: str) -> tuple[bool, bool]:
        """Whether a line is a token, and whether it has columns at all."""
        if text.startswith("-DOCSTART-"):
            return False, False
        if text.startswith("#") and (
            self.numbered or (_COMMENT.match(text) and len(self.cells(text)) != self.width)
        ):
            return False, False
        return not (self.numbered and _RANGE.fullmatch(self.cells(text)[0])), True

    def inputs(self, line: Line, block: Block, encoding: str) -> dict[str, Value]:
        """The tokens of a sentence, for each input."""
        rows = []
        for (number, text), kept in zip(block, line.lines[-len(block) :], strict=True):
            if not kept.is_token:
                continue
            place = place_of(number)
            check_decoded(text, place, encoding)
            cells = self.cells(text)
            if len(cells) != self.width:
                raise DataError(
                    f"{len(cells)} column(s) found, {self.width} expected as at the first token",
                    where=place,
                )
            empty = [name for name, at in self.at.items() if not cells[at]]
            if empty:
                raise DataError(f"the token in {empty[0]!r} is empty; write it", where=place)
            rows.append(cells)
        values: dict[str, Value] = {
            name: [cells[at] for cells in rows] for name, at in self.at.items()
        }
        line.row = dict(values)
        return values


def blocks(source: SourceLines) -> Iterator[Block]:
    """The lines of a file between blank lines."""
    block: Block = []
    for number, text in source:
        if text and not text.isspace():
            block.append((number, text))
        elif block:
            yield block
            block = []
    if block:
        yield block


def position(name: str, column: Column, names: Sequence[str], width: int, place: str) -> int:
    """The position of the column that holds an input.

    >>> position("tokens", "form", ["id", "form"], 2, "")
    1
    >>> position("tokens", "form", [], 2, ""), position("tokens", "-1", [], 2, "")
    (0, 1)
    """
    if isinstance(column, str) and column.lstrip("-").isdecimal():
        column = int(column)
    wanted = [column] if column is not None else [name, "form"]
    for one in wanted:
        if isinstance(one, str | int) and (at := locate(one, names, width)) is not None:
            return at
    if name == "tokens" and not isinstance(column, int) and not names:
        return 0
    raise DataError(
        f"no column {column if column is not None else name!r} for the input {name!r}; there are "
        f"{', '.join(names) or f'0 to {width - 1}'}; give another column for the input",
        where=place,
    )
