"""The question-answering tasks of bAbI (Weston et al. 2015), and files of the same form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from seqtasks.data.readers.columns import locate_all
from seqtasks.data.readers.files import at_least_one, find_files, in_turn, read_lines
from seqtasks.data.readers.options import known_encoding
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.record import Columns, Record

_NAMES = ["story", "question", "answer", "facts"]
_MISNUMBERED = (
    "a number that does not follow the one before, so that the rest of the story is left out; "
    "number the lines of each story from 1"
)


class BabiReader:
    """Read one record a question.

    Lines are numbered, and a 1 begins another story. A line with tabs is a question, its answer
    and, if they are given, the numbers of the sentences that support it; any other line is a
    sentence of the story. The columns are

    * ``story``: the sentences before the question, other questions left out,
    * ``question``,
    * ``answer``: of several, such as ``football,milk``, the words with spaces between them,
    * ``facts``: the supporting sentences alone, for a model that is told where to look.

    Punctuation is a word of its own. By default a field is the column of its own name.

    Args:
        encoding: the files' encoding.

    Raises:
        UsageError: there is no such encoding.
    """

    def __init__(self, encoding: str = "utf-8") -> None:
        self.encoding = known_encoding(encoding)

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield one record a question; see `seqtasks.data.record.Reader`."""
        yield from in_turn(find_files(source), lambda path: self._records(path, columns))

    def _records(self, path: FilePath, columns: Columns) -> Iterator[Record]:
        wanted = {f: _NAMES[at] for f, at in locate_all(str(path), columns, _NAMES).items()}
        missing = f"{path}: no question; one is a line 'N question<tab>answer'"
        for line, values, fault in at_least_one(self._questions(path), missing):
            chosen = {} if fault else {field: values[column] for field, column in wanted.items()}
            yield Record({**chosen}, str(path), line, fault=fault)

    def _questions(self, path: FilePath) -> Iterator[tuple[int, dict[str, str], str]]:
        """Yield each question's line and its columns, empty where they are missing.

        A line that is numbered wrongly is a fault, and ends its story.
        """
        sentences: dict[int, str] = {}
        last: int | None = 0  # None in a story of which a line is missing
        for line, text in read_lines(path, self.encoding):
            if not text.strip():
                continue
            digits, _, rest = text.strip().partition(" ")
            number = int(digits) if digits.isdecimal() else 0
            if number != 1 and (last is None or number != last + 1):
                if last is not None:
                    yield line, {}, _MISNUMBERED
                last = None
                continue
            last = number
            if last == 1:
                sentences = {}
            question, *others = rest.split("\t")
            if not others:
                sentences[last] = _with_spaces(question)
                continue
            support = [int(n) for n in "".join(others[1:2]).split() if n.isdecimal()]
            columns = {
                "story": " ".join(sentences.values()),
                "question": _with_spaces(question),
                "answer": " ".join(others[0].replace(",", " ").split()),
                "facts": " ".join(sentences[n] for n in support if n in sentences),
            }
            yield line, columns, ""


def _with_spaces(text: str) -> str:
    """A text with spaces around its punctuation.

    >>> _with_spaces("Where is Mary's hat? ")
    "Where is Mary's hat ?"
    """
    return " ".join(re.findall(r"[\w'-]+|[^\w\s]", text))
