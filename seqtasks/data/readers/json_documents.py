"""JSON objects one after another, or in lists, over any lines of a file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from seqtasks.data.readers.paths import FilePath
from seqtasks.errors import DataError

DECODER = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)
"""Numbers stay as they are written; control characters may stand within strings."""

_SPACE = re.compile(r"\s*")
_LARGEST = 2**27  # characters

Blocks = Iterator[tuple[int, list[str]]]
Row = tuple[int, dict[str, Any], str]
"""The line on which it starts, the object, and what is wrong with the line that holds none."""


def documents(path: FilePath, blocks: Blocks) -> Iterator[Row]:
    """Yield the objects of a file, which is held whole, with the line on which each begins.

    Args:
        path: the file.
        blocks: its lines.

    Raises:
        DataError: it is too long, is not valid JSON, or holds something else than objects.
    """
    number, size = 1, 0
    parts: list[str] = []
    for first, lines in blocks:
        number = number if parts else first
        parts += lines
        size += sum(map(len, lines))
        if size > _LARGEST:
            raise DataError(
                f"{path}: a list of objects, or objects over several lines, of more than "
                f"{_LARGEST:,} characters; write one object a line"
            )
    text = "\n".join(parts)
    at, counted, listed, between = 0, 0, False, False
    while (at := _filled(text, at)) < len(text):
        number, counted = number + text.count("\n", counted, at), at
        if text[at] == ("]" if listed else "["):
            listed, between, at = not listed, False, at + 1
        elif between and text[at] == ",":
            between, at = False, at + 1
        else:
            try:
                if between:
                    raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
                row, at = DECODER.raw_decode(text, at)
            except (ValueError, RecursionError) as error:
                wrong = number + text.count("\n", at, getattr(error, "pos", at))
                raise DataError(
                    f"{path}:{wrong}: not valid JSON ({getattr(error, 'msg', error)}); write one "
                    "object a line, or a list of objects"
                ) from None
            if not isinstance(row, dict):
                raise DataError(
                    f"{path}:{number}: {kind_of(row)} where an object is expected; write a list of "
                    'objects, as in [{"text": "...", "label": "..."}]'
                )
            yield number, row, ""
            between = listed
    if listed:
        raise DataError(f"{path}: the list of objects is not closed; get or write the whole file")


def _filled(text: str, at: int) -> int:
    """The next place that is not white space."""
    match = _SPACE.match(text, at)
    return match.end() if match else at


def kind_of(value: Any) -> str:
    """What a JSON value is called."""
    names = {dict: "an object", list: "a list", str: "a string or number", bool: "a truth value"}
    return "infinity" if isinstance(value, float) else names.get(type(value), "null")
