"""Files with one text a line, with or without a label."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from seqtasks.data.readers.columns import text_and_label
from seqtasks.data.readers.files import find_files, in_turn, text_lines
from seqtasks.data.readers.options import known_encoding, not_empty
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.record import Columns, Record, Value
from seqtasks.errors import check_choice

FAST_TEXT = "__label__"

_Parts = tuple[str, Value]


class LineReader:
    r"""Read a text from each line that is not blank, and its label if one is wanted.

    The columns are ``text``, the default of the field ``tokens``, and ``label``. If no field
    wants the label, the whole line is the text. A file whose first line begins with ``__label__``
    is one of fastText: the label goes without that, and several labels of a line are a list.

    Args:
        label: where the label stands in its line, ``first`` or ``last``.
        separator: what stands between label and text; None is any run of white space.
        encoding: the files' encoding.

    Raises:
        UsageError: an option has no such value.

    >>> LineReader(label="last", separator="\t").split("good film\tpos")
    ('good film', 'pos')
    """

    def __init__(
        self, label: str = "first", separator: str | None = None, encoding: str = "utf-8"
    ) -> None:
        self.label = check_choice("label", label, ("first", "last"))
        self.separator = not_empty("separator", separator)
        self.encoding = known_encoding(encoding)

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield one record a line; see `seqtasks.data.record.Reader`."""
        yield from in_turn(find_files(source), lambda path: self._records(path, columns))

    def _records(self, path: FilePath, columns: Columns) -> Iterator[Record]:
        name = str(path)
        wanted = text_and_label(name, columns)
        labelled = "label" in wanted.values()
        split: Callable[[str], _Parts | None] | None = None
        for number, line in text_lines(path, self.encoding):
            parts: _Parts | None = (line, "")
            if labelled:
                split = split or self._splitter(line)
                parts = split(line)
            if parts is None:
                yield Record({}, name, number, fault=self._no_separator())
                continue
            found = {"text": parts[0], "label": parts[1]}
            yield Record({field: found[part] for field, part in wanted.items()}, name, number)

    def _splitter(self, first: str) -> Callable[[str], _Parts | None]:
        """The function that splits the lines of a file that begins with this one."""
        if self.label == "first" and self.separator is None and first.startswith(FAST_TEXT):
            return fast_text
        return self.split

    def split(self, line: str) -> tuple[str, str] | None:
        """Split a line into its text and its label, of which one may be blank.

        Args:
            line: a line that is not blank.

        Returns:
            None if the line lacks the separator.
        """
        first = self.label == "first"
        parts = line.split(self.separator, 1) if first else line.rsplit(self.separator, 1)
        if len(parts) == 1:
            if self.separator is not None:
                return None
            parts.insert(first, "")
        label, text = parts if first else reversed(parts)
        return text, label.strip()

    def _no_separator(self) -> str:
        return (
            f"no separator {self.separator!r} between label and text; correct the line or set "
            "`reader.separator`"
        )


def fast_text(line: str) -> _Parts:
    """Split a line as fastText does: the words before the text that begin so are labels.

    >>> fast_text("__label__baking __label__bread How long?"), fast_text("__label__pos Good")
    (('How long?', ['baking', 'bread']), ('Good', 'pos'))
    """
    labels: list[str] = []
    text = line
    while text.startswith(FAST_TEXT):
        label, _, text = text.partition(" ")
        labels.append(label.removeprefix(FAST_TEXT))
        text = text.lstrip()
    return text, labels[0] if len(labels) == 1 else labels
