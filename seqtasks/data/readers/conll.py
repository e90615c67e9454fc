"""One token a line, a blank line after each sentence: CoNLL-U and its many relatives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from seqtasks.data.readers.columns import locate_all
from seqtasks.data.readers.conll_forms import opened_conll
from seqtasks.data.readers.files import find_files, in_turn
from seqtasks.data.readers.options import column_names, known_encoding, not_empty
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.record import Columns, Record, Value

_NAMED = {"tokens": ("tokens", "form"), "tags": ("tags", "upos")}
_NUMBERED = {"tokens": 0, "tags": -1}


class ConllReader:
    """Read sentences as lists of equal length, one value a token for each wanted field.

    A column is a number, from 0 or negative from the end, or a name. By default the field
    ``tokens`` is the column ``tokens`` or ``form``, else the first; ``tags`` is the column
    ``tags`` or ``upos``, else the last; any other field is the column of its own name.

    A file with the suffix ``.conllu`` has the ten columns of CoNLL-U unless ``names`` says
    otherwise, as has one of another suffix where ``names`` lists them, and ``.conllup`` those of
    its comment ``# global.columns``; comments, word ranges (``3-4``) and empty nodes (``8.1``) are
    skipped. A line that starts with ``-DOCSTART-``, ``#begin document`` or ``#end document``
    stands between sentences; behind the second of these a sentence may have more columns than
    another, as in CoNLL-2012.

    Args:
        names: the names of the columns, in order.
        separator: what stands between columns; None is a tab if the first line of data has one,
            else any run of spaces and tabs.
        comment: what a comment line starts with; None is ``#`` in CoNLL-U. In other files ``#`` may
            be a token, and None takes lines such as ``# sent_id = 1`` before a sentence.
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
        yield from in_turn(find_files(source), lambda path: self._sentences(path, columns))

    def _sentences(self, path: FilePath, columns: Columns) -> Iterator[Record]:
        form, number, blocks = opened_conll(
            path, self.names, self.separator, self.comment, self.encoding
        )
        name, width = str(path), form.width
        given = {f: _default(f, form.names, width) if c is None else c for f, c in columns.items()}
        fix = "" if form.names else ", or name them all with `reader.names`=[...]"
        wanted = locate_all(f"{path}:{number}", given, form.names, width, fix)
        if form.varying:  # from the end, wherever that is
            last = {f: c for f, c in given.items() if isinstance(c, int) and c < 0}
            wanted |= last
        least = max(wanted.values()) + 1
        for numbers, rows, fault in form.sentences(blocks):
            if form.varying and rows and len(rows[0]) < least:
                fault = f"too few columns for the fields {', '.join(wanted)}; correct the sentence"
            if fault:
                yield Record({}, name, numbers[0], fault=fault)
                continue
            values: dict[str, Value] = {
                field: [cells[at] for cells in rows] for field, at in wanted.items()
            }
            for field, column in values.items():
                if "" in column:
                    at = numbers[column.index("")]
                    yield Record({}, name, at, fault=_empty(field, wanted[field]))
                    break
            else:
                yield Record(values, name, numbers[0])


def _empty(field: str, column: int) -> str:
    return (
        f"an empty column {column} (the field {field!r}); write a value, or leave the line blank "
        "to end the sentence"
    )


def _default(field: str, names: Sequence[str], width: int) -> str | int:
    """The column of a field for which none is given."""
    named = [name for name in _NAMED.get(field, (field,)) if name in names]
    if named:
        return named[0]
    return "tags" if field == "tags" and width == 1 else _NUMBERED.get(field, field)
