"""JSON of a stranger: numbers, texts, lists and objects of modest depth."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

DEEPEST = 64
"""Levels of lists and objects within each other."""

MOST_PARTS = 8_000_000
"""Texts, lists and objects; a short one takes many times the memory of its bytes."""

LARGEST = 1 << 63
"""What whole numbers lie below, and above its negative."""


def parsed(text: str) -> Any:
    """What a JSON text holds.

    Raises:
        ValueError: it is no JSON, names a member twice, holds a number that is not finite or too
            large, or is nested deeper than `DEEPEST`.

    >>> parsed('{"a": [1, "b"]}')
    {'a': [1, 'b']}
    >>> parsed('{"a": 1, "a": 2}')
    Traceback (most recent call last):
        ...
    ValueError: it names 'a' twice
    """
    parts = text.count('"') // 2 + text.count("[") + text.count("{")
    if parts > MOST_PARTS:
        raise ValueError(f"it holds more than {MOST_PARTS:,} texts, lists and objects")
    try:
        found = json.loads(
            text,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise ValueError(f"it is nested deeper than {DEEPEST} levels") from None
    check_depth(found)
    return found


def check_depth(value: Any) -> None:
    """Refuse, by a ValueError, lists and objects that are nested deeper than `DEEPEST`."""
    level = [value]
    for _ in range(DEEPEST):
        inner = (one.values() if isinstance(one, dict) else one for one in level if _holds(one))
        level = [one for values in inner for one in values if _holds(one)]
        if not level:
            return
    raise ValueError(f"it is nested deeper than {DEEPEST} levels")


def _holds(value: Any) -> bool:
    return isinstance(value, dict | list)


def _constant(name: str) -> Any:
    raise ValueError(f"it holds {name}, which is no number")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"it holds {text[:20]}, which is too large a number")
    return value


def _int(text: str) -> int:
    if len(text) > 20 or abs(int(text)) >= LARGEST:
        raise ValueError(f"it holds {text[:20]}…, which is too large a number")
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"it names {twice[:40]!r} twice")
    return found
