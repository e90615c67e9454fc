"""One token a line, a blank line after each sentence: CoNLL-U and its many relatives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from seqtasks.data.readers.columns import locate_all
from seqtasks.data.readers.conll_lines import ConllFormat
from seqtasks.data.readers.files import find_files
from seqtasks.data.readers.options import column_names, known_encoding, not_empty
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.record import Columns, Record, Value
from seqtasks.errors import DataError

_NAMED = {"tokens": ("tokens", "form"), "tags": ("tags", "upos")}
_NUMBERED = {"tokens": 0, "tags": -1}


class ConllReader:
    """Read sentences as lists of equal length, one value a token for each wanted field.

    A column is a number, from 0 or negative from the end, or a name. By default the field
    ``tokens`` is the column ``tokens`` or ``form``, else the first; ``tags`` is the column
    ``tags`` or ``upos``, else the last; any other field is the column of its own name.

    A file with the suffix ``.conllu`` has the ten columns of CoNLL-U unless ``names`` says
    otherwise; its comments, word ranges (``3-4``) and empty nodes (``8.1``) are skipped. In other
    files a line that starts with ``-DOCSTART-`` stands between sentences.

    Args:
        names: the names of the columns, in order.
        separator: what stands between columns; None is a tab if the first line of data has one,
            else any run of spaces and tabs.
        comment: what a comment line starts with; None is ``#`` in CoNLL-U, and no comments in
            other files, where ``#`` may be a token.
        encoding: the files' encoding.

    Raises:
        UsageError: an option has no such value.

    >>> reader = ConllReader(names=["form", "tag"], comment="#")
    >>> reader.names
    ('form', 'tag')
    """

    def __init__(
        self,
        names: Sequence[str] | None = None,
        separator: str | None = None,
        comment: str | None = None,
        encoding: str = "utf-8",
    ) -> None:
        self.names = column_names("names", names)
        self.separator = not_empty("separator", separator)
        self.comment = not_empty("comment", comment)
        self.encoding = known_encoding(encoding)

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield one record a sentence; see `seqtasks.data.record.Reader`."""
        for path in find_files(source):
            form = ConllFormat.of(path, self.names, self.separator, self.comment)
            yield from _sentences(path, form, columns, self.encoding)


def _sentences(
    path: FilePath, form: ConllFormat, columns: Columns, encoding: str
) -> Iterator[Record]:
    name = str(path)
    sentences = form.sentences(path, encoding)
    if (first := next(sentences, None)) is None:
        raise DataError(f"{path}: no sentence; give a file with one token a line")
    [number], [cells] = first
    width = len(cells)
    given = {f: _default(f, form.names, width) if c is None else c for f, c in columns.items()}
    fix = "" if form.names else ", or name them all with `reader.names`=[...]"
    wanted = locate_all(f"{path}:{number}", given, form.names, width, fix)
    for numbers, rows in sentences:
        values: dict[str, Value] = {
            field: [cells[at] for cells in rows] for field, at in wanted.items()
        }
        for field, column in values.items():
            if "" in column:
                raise DataError(
                    f"{path}:{numbers[column.index('')]}: column {wanted[field]} (the field "
                    f"{field!r}) is empty; write a value, or leave the line blank to end the "
                    "sentence"
                )
        yield Record(values, name, numbers[0])


def _default(field: str, names: Sequence[str], width: int) -> str | int:
    """The column of a field for which none is given."""
    named = [name for name in _NAMED.get(field, (field,)) if name in names]
    if named:
        return named[0]
    return "tags" if field == "tags" and width == 1 else _NUMBERED.get(field, field)
