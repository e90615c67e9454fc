"""A file for each label, an example a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

from seqtasks.data.readers.columns import text_and_label
from seqtasks.data.readers.files import find_files, in_turn, text_lines
from seqtasks.data.readers.options import known_encoding
from seqtasks.data.readers.paths import FilePath, format_stem
from seqtasks.data.record import Columns, Record, Value
from seqtasks.errors import check_choice

_REPEATED = ("keep", "once", "unambiguous")

_Line = tuple[str, str, str, int]  # text, label, path, number


class LabelledFileReader:
    """Read a text from each line that is not blank; its label is the name of its file.

    Args:
        repeated: what becomes of a text that occurs more than once: ``keep`` keeps every one;
            ``once`` keeps the first; ``unambiguous`` keeps one, and none where the labels differ.
            Texts that are kept twice can leak from the training into the test examples. Where
            not every one is kept, the memory grows by some 100 bytes for each text, and
            ``unambiguous`` reads the files twice.
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
        for text, label, path, number in self._kept(find_files(source)):
            parts = {"text": text, "label": label}
            values: dict[str, Value] = {field: parts[part] for field, part in wanted.items()}
            yield Record(values, path, number)

    def _kept(self, files: Sequence[FilePath]) -> Iterator[_Line]:
        """Yield the lines that are records; texts are told apart by their hashes."""
        if self.repeated == "keep":
            yield from self._lines(files)
        elif self.repeated == "once":
            seen: set[bytes] = set()
            for line in self._lines(files):
                if (key := _hash(line[0])) not in seen:
                    seen.add(key)
                    yield line
        else:
            labels: dict[bytes, str | None] = {}  # None for a text that has several
            for text, label, *_ in self._lines(files):
                key = _hash(text)
                if labels.setdefault(key, label) != label:
                    labels[key] = None
            for line in self._lines(files):
                if labels.pop(_hash(line[0]), None) is not None:
                    yield line

    def _lines(self, files: Sequence[FilePath]) -> Iterator[_Line]:
        return in_turn(files, self._lines_of)

    def _lines_of(self, path: FilePath) -> Iterator[_Line]:
        name, label = str(path), format_stem(path)
        for number, line in text_lines(path, self.encoding):
            yield line.strip(), label, name, number


def _hash(text: str) -> bytes:
    """A hash of a text by which it is found again; 16 bytes, so that no two texts share one."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
