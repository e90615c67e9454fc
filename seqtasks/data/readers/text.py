"""Files that are one long text each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seqtasks.data.readers.columns import locate_all
from seqtasks.data.readers.decoding import EmptyFile, text_blocks
from seqtasks.data.readers.files import find_files, in_turn
from seqtasks.data.readers.gutenberg import book_blocks, book_lines
from seqtasks.data.readers.options import known_encoding
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.readers.pieces import pieces
from seqtasks.data.record import Columns, Record


class TextReader:
    """Read each file as one text.

    Every wanted field gets the text; the only column is ``text``. A text of more than a million
    characters comes in several records, its pieces, of which `Record.begins` and `Record.ends`
    tell the first and the last.

    Args:
        encoding: the files' encoding.
        strip_gutenberg: leave out the header and footer of Project Gutenberg files.
        line_end: a word to put in place of each line end, None to leave line ends as they are;
            ``<eos>``, say, where each line is a sentence, as in the Penn Treebank's files. It is a
            word like others.

    Raises:
        UsageError: there is no such encoding.

    >>> [record] = TextReader().read(__file__, {"tokens": None})
    >>> record.values["tokens"][3:37]
    'Files that are one long text each.'
    """

    continuous = True  # parts of a text are split off in order, not at random

    def __init__(
        self, encoding: str = "utf-8", strip_gutenberg: bool = False, line_end: str | None = None
    ) -> None:
        self.encoding = known_encoding(encoding)
        self.strip_gutenberg = strip_gutenberg
        self.line_end = line_end

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield the records of each file; see `seqtasks.data.record.Reader`."""
        named = {field: "text" if column is None else column for field, column in columns.items()}
        yield from in_turn(find_files(source), lambda path: self._records(path, named))

    def _records(self, path: FilePath, columns: Columns) -> Iterator[Record]:
        locate_all(str(path), columns, ["text"])
        line, blocks = self._blocks(path)
        begins = True
        for text, ends in pieces(blocks):
            if begins and not text.strip():
                raise EmptyFile(f"{path}:{line}: only white space; give a file that holds text")
            lines = text.count("\n")
            if self.line_end is not None:
                text = text.replace("\n", f" {self.line_end} ")
            yield Record(dict.fromkeys(columns, text), str(path), line, begins, ends)
            line, begins = line + lines, False

    def _blocks(self, path: FilePath) -> tuple[int, Iterator[str]]:
        """The number of the text's first line, and its blocks."""
        if not self.strip_gutenberg:
            return 1, text_blocks(path, self.encoding)
        start, end = book_lines(path, self.encoding)
        return start, book_blocks(path, self.encoding, start, end)
