"""CoNLL: a token on a line, a blank line after each sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from seqtasks.data.fields.columns import Column
from seqtasks.data.readers.columns import locate
from seqtasks.data.readers.conll_forms import CONLLU, stated_names
from seqtasks.data.readers.conll_lines import DOCUMENTS, RANGE, ConllForm
from seqtasks.data.record import Value
from seqtasks.errors import DataError
from seqtasks.prediction.forms.record_form import InputColumns, InputForm
from seqtasks.prediction.line import Line, SentenceLine, line_at, place_of
from seqtasks.prediction.source_lines import SourceLines, check_decoded, printable

Block = list[tuple[int, str]]
"""The lines between two blank lines, each with its number."""


class SentenceInput(InputForm):
    """The tokens of a sentence one a line, in the first column unless another is named.

    Columns and comments are told as of training data (`ConllForm`). In CoNLL-U, which ten columns
    with the number of a word in the first show, or a comment ``# global.columns``, tokens are the
    column ``form``, and word ranges and empty nodes are passed over.

    Args:
        columns: as of `InputForm`; a number counts from 0.
        column_names: of the columns, in order, where they have names.
    """

    def __init__(self, columns: InputColumns, column_names: Sequence[str] = ()) -> None:
        super().__init__(columns)
        self.names, self.column_names = list(columns), column_names
        self.form: ConllForm | None = None
        self.at: dict[str, int] = {}

    def read(self, source: SourceLines) -> Iterator[Line]:
        held: Line | None = None  # comments that end the file belong to its last sentence
        remarks: list[SentenceLine] = []
        for block in blocks(source):
            lines = self.lines(block)
            if not any(line.is_token for line in lines):
                remarks += [*lines, SentenceLine("")]
                continue
            if held is not None:
                yield held
            held = line_at(block[0][0])
            held.lines, remarks = remarks + lines, []
            held.read(partial(self.inputs, held, block))
        if held is not None:
            held.lines += [SentenceLine(""), *remarks[:-1]] if remarks else []
            yield held

    def lines(self, block: Block) -> list[SentenceLine]:
        """The lines of a block, each with what it is."""
        found = []
        form = self.form = self.form or self.begun(block)
        begun = False
        for _, text in block:
            line = SentenceLine(printable(text))
            if form and not text.startswith(DOCUMENTS) and not form.is_comment(text, begun):
                word = not (form.ranges and RANGE.fullmatch(form.splitter()(text)[0]))
                line, begun = SentenceLine(line.text, word, True), True
            found.append(line)
        return found

    def begun(self, block: Block) -> ConllForm | None:
        """The form of the file from its first token; None where the block has none.

        Raises:
            DataError: there is no such column as an input is to be read from.
        """
        head = [text for _, text in block if text.startswith(("#", *DOCUMENTS))]
        self.column_names = stated_names(head) or self.column_names
        number, first = next((line for line in block if line[1] not in head), (0, ""))
        if not number:
            return None
        form = ConllForm("input", separator="\t" * ("\t" in first)).measured(first)
        id_first = form.splitter()(first)[0].split("-")[0].isdecimal()
        if not self.column_names and form.width == len(CONLLU) and id_first:
            self.column_names = CONLLU
        names = self.column_names
        if "id" in names[:1]:
            form = replace(form, comment="#", ranges=True)
        self.at = {
            name: position(name, column, names, form.width, place_of(number))
            for name, column in self.columns.items()
        }
        return form

    def inputs(self, line: Line, block: Block) -> dict[str, Value]:
        """The tokens of a sentence, for each input."""
        form, rows = self.form, []
        assert form is not None
        for (number, text), kept in zip(block, line.lines[-len(block) :], strict=True):
            if not kept.is_token:
                continue
            place = place_of(number)
            check_decoded(text, place)
            cells = form.splitter()(text)
            if len(cells) < form.width or any(cells[form.width :]):
                raise DataError(
                    f"{len(cells)} column(s) found, {form.width} expected as at the first token",
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
        f"{', '.join(names) or f'0 to {width - 1}'}; name another, as in "
        f"--column {name}=0",
        where=place,
    )
