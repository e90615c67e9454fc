"""The book inside a Project Gutenberg file, without the licence around it."""

from __future__ import annotations

import re

from seqtasks.errors import DataError

_START = re.compile(r"^\*\*\* ?START OF TH(?:E|IS) PROJECT GUTENBERG.*(?:\n|\Z)", re.M | re.I)
_OLD_START = re.compile(r"^\*END\*? ?THE SMALL PRINT!.*(?:\n|\Z)", re.M | re.I)
_END = re.compile(
    r"^(?:\*\*\* ?END OF TH(?:E|IS) PROJECT GUTENBERG|End of (?:The |This )?Project Gutenberg)",
    re.M | re.I,
)


def strip_gutenberg(text: str, path: str) -> tuple[str, int]:
    r"""Cut a file's header and footer.

    The header ends with the line ``*** START OF THE PROJECT GUTENBERG ...`` (``THIS`` in older
    files, the line ``*END*THE SMALL PRINT! ...`` in the oldest). The footer starts at the line
    ``*** END OF THE PROJECT GUTENBERG ...``, or at ``End of Project Gutenberg's ...``, which
    older files put before it.

    Args:
        text: the whole file.
        path: its path, for the error.

    Returns:
        The text between the two, unchanged, and the number of its first line.

    Raises:
        DataError: either mark is missing.

    >>> mark = "*** {} OF THE PROJECT GUTENBERG EBOOK X ***\n"
    >>> page = "Title\n" + mark.format("START") + "Once.\n" + mark.format("END") + "Licence\n"
    >>> strip_gutenberg(page, "x.txt")
    ('Once.\n', 3)
    """
    start = _START.search(text) or _OLD_START.search(text)
    end = _END.search(text, start.end() if start else 0)
    if start is None or end is None:
        mark = "END" if start else "START"
        raise DataError(
            f"{path}: no line '*** {mark} OF THE PROJECT GUTENBERG ...'; "
            "set `reader.strip_gutenberg`=false, or get the whole file"
        )
    return text[start.end() : end.start()], text.count("\n", 0, start.end()) + 1
