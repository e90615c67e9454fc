"""Lines of a person's own form, described by a regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from seqtasks.data.readers.columns import locate, no_column
from seqtasks.data.readers.files import expand, read_lines
from seqtasks.data.readers.options import known_encoding
from seqtasks.data.record import Columns, Record
from seqtasks.errors import DataError, UsageError


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
        example = "data.reader.pattern='IN: (?P<source>.+) OUT: (?P<target>.+)'"
        if not pattern:
            raise UsageError(f"data.reader.pattern is not set; describe a line: {example}")
        try:
            self.pattern = re.compile(pattern)
        except re.error as error:
            raise UsageError(
                f"data.reader.pattern={pattern}: no regular expression ({error}); see {example}"
            ) from None
        self.groups = list(self.pattern.groupindex)
        if not self.groups:
            raise UsageError(f"data.reader.pattern={pattern}: it names no group; see {example}")
        self.encoding = known_encoding(encoding)

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield one record a line.

        Args:
            source: a path, a list of paths or a glob.
            columns: for each wanted field, its group or None for the one of its own name.

        Raises:
            DataError: a file cannot be read or has blank lines only; a line is of another form or
                has nothing in a group; or there is no such group.
        """
        for path in expand(source):
            wanted = {}
            for field, given in columns.items():
                column = field if given is None else given
                place = locate(column, self.groups, 0)
                if place is None:
                    raise no_column(str(path), field, column, self.groups, 0)
                wanted[field] = self.groups[place]
            found = False
            for number, line in read_lines(path, self.encoding):
                if line.strip():
                    found = True
                    values = self.values(f"{path}:{number}", line)
                    chosen = {field: values[group] for field, group in wanted.items()}
                    yield Record({**chosen}, str(path), number)
            if not found:
                raise DataError(f"{path}: blank lines only; give a file that holds text")

    def values(self, place: str, line: str) -> dict[str, str]:
        """What a line has in each group, without white space around it."""
        match = self.pattern.fullmatch(line)
        if match is None:
            raise DataError(
                f"{place}: the line does not match data.reader.pattern={self.pattern.pattern}; "
                "correct the line or the pattern"
            )
        values = {group: (text or "").strip() for group, text in match.groupdict().items()}
        for group, text in values.items():
            if not text:
                raise DataError(
                    f"{place}: the group '{group}' is empty; write it, or remove the line"
                )
        return values
