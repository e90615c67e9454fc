"""What tells one state of some files from another, without reading them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from glob import escape, glob
from typing import Any

_State = list[Any]


def file_states(folder: str, given: Any) -> list[_State]:
    """The path, size in bytes and time of the last change, in nanoseconds, of each file.

    Args:
        folder: where the names of files start; if there is no such folder, they start here.
        given: a name or a glob, a list of them, or a mapping to these; None for all of the folder.

    Returns:
        Plain lists; none at all if a name stands for no file on this machine.

    >>> [[name, size, changed]] = file_states("", __file__)
    >>> name.endswith("file_states.py")
    True
    >>> file_states("", [__file__, "https://example.org/file"])
    []
    """
    start = escape(folder) if os.path.isdir(folder) else ""
    states: list[_State] = []
    for name in _names("**" if given is None else given):
        found = sorted(filter(os.path.isfile, glob(os.path.join(start, name), recursive=True)))
        if not found:
            return []
        for path in found:
            state = os.stat(path)
            states.append([path, state.st_size, state.st_mtime_ns])
    return states


def _names(given: Any) -> Iterator[str]:
    if isinstance(given, str):
        yield given
    else:
        for part in given.values() if isinstance(given, Mapping) else given:
            yield from _names(part)
