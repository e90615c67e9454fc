"""Files with one text a line, with or without a label."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seqtasks.data.readers.columns import text_and_label
from seqtasks.data.readers.files import find_files, text_lines
from seqtasks.data.readers.options import known_encoding, not_empty
from seqtasks.data.record import Columns, Record, Value
from seqtasks.errors import DataError, check_choice


class LineReader:
    r"""Read a text from each line that is not blank, and its label if one is wanted.

    The columns are ``text``, the default of the field ``tokens``, and ``label``. If no field
    wants the label, the whole line is the text.

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
        for path in find_files(source):
            name = str(path)
            wanted = text_and_label(name, columns)
            labelled = "label" in wanted.values()
            for number, line in text_lines(path, self.encoding):
                text, label = self.split(line, f"{name}:{number}") if labelled else (line, "")
                parts = {"text": text, "label": label}
                values: dict[str, Value] = {f: parts[part] for f, part in wanted.items()}
                yield Record(values, name, number)

    def split(self, line: str, place: str = "") -> tuple[str, str]:
        """Split a line into its text and its label.

        Args:
            line: a line that is not blank.
            place: its ``path:line``, for the error.

        Raises:
            DataError: the line lacks its separator, its label or its text.
        """
        first = self.label == "first"
        parts = line.split(self.separator, 1) if first else line.rsplit(self.separator, 1)
        if len(parts) == 1:
            if self.separator is not None:
                raise DataError(
                    f"{place}: no separator {self.separator!r} between label and text; "
                    "correct the line or set `reader.separator`"
                )
            parts.insert(first, "")
        label, text = parts if first else reversed(parts)
        if not label.strip():
            raise DataError(f"{place}: empty label; write one, or remove the line")
        if not text.strip():
            raise DataError(f"{place}: empty sentence; write its text, or remove the line")
        return text, label.strip()
