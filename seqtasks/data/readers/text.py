"""Files that are one long text each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seqtasks.data.readers.columns import locate_all
from seqtasks.data.readers.files import find_files, read_whole
from seqtasks.data.readers.gutenberg import strip_gutenberg
from seqtasks.data.readers.options import known_encoding
from seqtasks.data.record import Columns, Record
from seqtasks.errors import DataError


class TextReader:
    """Read each file as one record: its whole text.

    Every wanted field gets the text; the only column is ``text``.

    Args:
        encoding: the files' encoding.
        strip_gutenberg: leave out the header and footer of Project Gutenberg files.
        line_end: a word to put in place of each line end, None to leave line ends as they are;
            ``<eos>`` where each line is a sentence, as in the Penn Treebank's files.

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
        """Yield one record a file; see `seqtasks.data.record.Reader`."""
        named = {field: "text" if column is None else column for field, column in columns.items()}
        for path in find_files(source):
            locate_all(str(path), named, ["text"])
            text, line = read_whole(path, self.encoding), 1
            if self.strip_gutenberg:
                text, line = strip_gutenberg(text, str(path))
            if not text.strip():
                raise DataError(f"{path}:{line}: only white space; give a file that holds text")
            if self.line_end is not None:
                text = text.replace("\n", f" {self.line_end} ")
            yield Record(dict.fromkeys(columns, text), str(path), line)
