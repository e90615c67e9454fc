"""Lines of a person's own form, described by a regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from seqtasks.data.readers.columns import locate_all
from seqtasks.data.readers.files import find_files, text_lines
from seqtasks.data.readers.options import known_encoding
from seqtasks.data.record import Columns, Record
from seqtasks.errors import DataError, UsageError

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
        for path in find_files(source):
            wanted = locate_all(str(path), columns, self.groups)
            for number, line in text_lines(path, self.encoding):
                values = self.values(f"{path}:{number}", line)
                chosen = {field: values[self.groups[at]] for field, at in wanted.items()}
                yield Record({**chosen}, str(path), number)

    def values(self, place: str, line: str) -> dict[str, str]:
        """A line's text in each group, without white space around it.

        Raises:
            DataError: the line does not match, or a group is empty.
        """
        match = self.pattern.fullmatch(line)
        if match is None:
            raise DataError(
                f"{place}: the line does not match `reader.pattern`={self.pattern.pattern}; "
                "correct the line or the pattern"
            )
        values = {group: (text or "").strip() for group, text in match.groupdict().items()}
        for group, text in values.items():
            if not text:
                raise DataError(
                    f"{place}: the group '{group}' is empty; write it, or remove the line"
                )
        return values
