"""Checks of a reader's options, made when the reader is built, before any file is opened."""

from __future__ import annotations

from collections.abc import Sequence
from encodings.aliases import aliases

from seqtasks.errors import UsageError, nearest


def known_encoding(encoding: str) -> str:
    """Return the name of a text encoding if Python knows it.

    Raises:
        UsageError: there is no text encoding of that name.

    >>> known_encoding("latin-1")
    'latin-1'
    """
    try:
        "a".encode(encoding)
    except (LookupError, TypeError, ValueError):
        near = nearest(str(encoding), aliases)
        raise UsageError(
            f"there is no text encoding {encoding!r}; name one such as utf-8, latin-1, utf-16 or "
            f"gb18030.{near}",
            option="encoding",
        ) from None
    return encoding


def not_empty(option: str, value: str | None) -> str | None:
    r"""Return a string to look for in a line; None leaves the choice to the reader.

    Raises:
        UsageError: the string is empty or not a string.

    >>> not_empty("separator", "|")
    '|'
    """
    if value is not None and (not isinstance(value, str) or not value):
        raise UsageError(
            "give a string of one character or more, or null to leave the choice to the reader, "
            f"not {value!r}",
            option=option,
        )
    return value


def column_names(option: str, names: Sequence[str] | None) -> tuple[str, ...]:
    """Return a list of columns' names as a tuple, which is empty if they are not given.

    Raises:
        UsageError: the option is not a list of different names.

    >>> column_names("names", ["form", "tag"])
    ('form', 'tag')
    """
    if names is None:
        return ()
    listed = [] if isinstance(names, str) else list(names)
    twice = sorted({str(name) for name in listed if listed.count(name) > 1})
    if not listed or twice or not all(isinstance(name, str) and name for name in listed):
        what = f"{twice[0]!r} is there twice; " if twice else ""
        raise UsageError(
            f"{what}give each column a name of its own, as in [form,tag], not {names}",
            option=option,
        )
    return tuple(listed)
