"""Lines of a person's own form, described by a regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from seqtasks.data.readers.columns import locate_all
from seqtasks.data.readers.files import find_files, in_turn, text_lines
from seqtasks.data.readers.options import known_encoding
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.record import Columns, Record
from seqtasks.errors import UsageError

_EXAMPLE = "as in 'IN: (?P<source>.+) OUT: (?P<target>.+)'"


class PatternReader:
    r"""Read one record from each line that is not blank, its columns the groups of a pattern.

    By default a field is the group of its own name.

    Args:
        pattern: a regular expression that the whole line matches, with a name for each group:
            ``IN: (?P<source>.+) OUT: (?P<target>.+)``.
        encoding: the files' encoding.

    Raises:
        UsageError: the pattern is missing, is no regular expression or names no group; or there is
            no such encoding.

    >>> PatternReader(r"(?P<source>\w+) = (?P<target>.+)").groups
    ['source', 'target']
    """

    def __init__(self, pattern: str | None = None, encoding: str = "utf-8") -> None:
        if not pattern:
            raise UsageError(f"it is not set; describe a line, {_EXAMPLE}", option="pattern")
        try:
            self.pattern = re.compile(pattern)
        except re.error as error:
            raise UsageError(
                f"{pattern} is no regular expression ({error}); write one {_EXAMPLE}",
                option="pattern",
            ) from None
        self.groups = list(self.pattern.groupindex)
        if not self.groups:
            raise UsageError(
                f"{pattern} names no group; name what you want, {_EXAMPLE}", option="pattern"
            )
        self.encoding = known_encoding(encoding)

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield one record a line; see `seqtasks.data.record.Reader`."""
        yield from in_turn(find_files(source), lambda path: self._records(path, columns))

    def _records(self, path: FilePath, columns: Columns) -> Iterator[Record]:
        name = str(path)
        wanted = locate_all(name, columns, self.groups)
        for number, line in text_lines(path, self.encoding):
            match = self.pattern.fullmatch(line)
            if match is None:
                yield Record({}, name, number, fault=self._no_match())
                continue
            values = {f: (match[self.groups[at]] or "").strip() for f, at in wanted.items()}
            yield Record({**values}, name, number)

    def _no_match(self) -> str:
        return (
            f"no match of `reader.pattern`={self.pattern.pattern}; correct the line or the pattern"
        )
