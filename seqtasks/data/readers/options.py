"""Checks of a reader's options, made when it is built, before any file is opened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from encodings.aliases import aliases

from seqtasks.errors import UsageError, nearest


def one_of(option: str, value: str, choices: Iterable[str]) -> str:
    """Return an option's value if it is a valid choice.

    Args:
        option: the option's name under ``data.reader``.
        value: what the user wrote.
        choices: the valid values.

    Raises:
        UsageError: the value is none of them.

    >>> one_of("label", "first", ["first", "last"])
    'first'
    """
    valid = list(choices)
    if value not in valid:
        near = nearest(str(value), valid)
        raise UsageError(f"data.reader.{option}={value}: choose one of {', '.join(valid)}.{near}")
    return value


def known_encoding(encoding: str) -> str:
    """Return the name of a text encoding that Python knows.

    Args:
        encoding: the name as the user wrote it.

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
            f"data.reader.encoding={encoding}: no such text encoding; "
            f"name one such as utf-8, latin-1, utf-16 or gb18030.{near}"
        ) from None
    return encoding


def not_empty(option: str, value: str | None) -> str | None:
    r"""Return a string to look for in a line, which may be absent but not empty.

    Args:
        option: the option's name under ``data.reader``.
        value: the string, or None where the reader decides.

    Raises:
        UsageError: the string is empty or not a string.

    >>> not_empty("separator", "|")
    '|'
    """
    if value is not None and (not isinstance(value, str) or not value):
        raise UsageError(
            f"data.reader.{option}={value!r}: give a string of one character or more, "
            "or null to leave the choice to the reader"
        )
    return value


def column_names(names: Sequence[str] | None) -> tuple[str, ...]:
    """Return the names of a file's columns, none if they are not given.

    Args:
        names: a list of names, or None.

    Raises:
        UsageError: it is not a list of different names.

    >>> column_names(["form", "tag"])
    ('form', 'tag')
    """
    if names is None:
        return ()
    listed = [] if isinstance(names, str) else list(names)
    twice = sorted({str(name) for name in listed if listed.count(name) > 1})
    if not listed or twice or not all(isinstance(name, str) and name for name in listed):
        what = f"{twice[0]!r} is there twice; " if twice else ""
        raise UsageError(
            f"data.reader.names={names}: {what}give each column a name of its own, "
            "as in data.reader.names=[form,tag]"
        )
    return tuple(listed)
