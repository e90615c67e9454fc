"""A file for each label, an example a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seqtasks.data.readers.columns import text_and_label
from seqtasks.data.readers.files import find_files, text_lines
from seqtasks.data.readers.options import known_encoding
from seqtasks.data.record import Columns, Record
from seqtasks.errors import check_choice

_REPEATED = ("keep", "once", "unambiguous")


class LabelledFileReader:
    """Read a text from each line that is not blank; its label is the name of its file.

    Args:
        repeated: what becomes of a text that occurs more than once: ``keep`` keeps every one;
            ``once`` keeps the first; ``unambiguous`` keeps one, and none where the labels differ.
            Texts that are kept twice can leak from the training into the test examples.
        encoding: the files' encoding.

    Raises:
        UsageError: an option has no such value.
    """

    def __init__(self, repeated: str = "keep", encoding: str = "utf-8") -> None:
        self.repeated = check_choice("repeated", repeated, _REPEATED)
        self.encoding = known_encoding(encoding)

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield one record a line; see `seqtasks.data.record.Reader`."""
        wanted = text_and_label(str(source), columns)
        texts: dict[str, set[str]] = {}
        records: list[tuple[str, Record]] = []
        for path in find_files(source):
            for number, line in text_lines(path, self.encoding):
                text, label = line.strip(), path.stem
                first = text not in texts
                texts.setdefault(text, set()).add(label)
                if first or self.repeated == "keep":
                    parts = {"text": text, "label": label}
                    values = {field: parts[column] for field, column in wanted.items()}
                    records.append((text, Record({**values}, str(path), number)))
        for text, record in records:
            if self.repeated != "unambiguous" or len(texts[text]) == 1:
                yield record
