"""Lengths of time, as a person types and reads them."""

from __future__ import annotations

import re

from seqtasks.errors import UsageError

UNITS = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
"""The seconds of each unit, the longest first."""

_PARTS = re.compile(r"(?:\d+(?:\.\d+)?\s*(?:d|h|min|s)\s*)+", re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|min|s)", re.ASCII)

MOST = 1000 * UNITS["d"]


def seconds_of(duration: object, option: str) -> float:
    """The seconds of a duration such as ``10min``, ``1h30min`` or ``1.5h``.

    Args:
        duration: as it is typed; a number alone has no unit.
        option: that it is the value of.

    Raises:
        UsageError: it is no such duration, or not above 0 and at most 1000 days.

    >>> seconds_of("10min", "budget"), seconds_of("1h 30min", "budget")
    (600.0, 5400.0)
    """
    text = str(duration).strip()
    if not _PARTS.fullmatch(text):
        raise UsageError(
            f"it is a time with its unit, such as 90s, 10min, 1h30min or 2d, not {text!r}",
            option=option,
        )
    seconds = sum(float(count) * UNITS[unit] for count, unit in _PART.findall(text))
    if not 0 < seconds <= MOST:
        raise UsageError(f"it is above 0 and at most 1000d, not {text}", option=option)
    return float(seconds)


def in_words(seconds: float) -> str:
    """A length of time by its two longest units, to whole seconds.

    >>> in_words(600), in_words(5400), in_words(61.2), in_words(0.4)
    ('10 min', '1 h 30 min', '1 min 1 s', '0 s')
    """
    left, parts = max(0, round(seconds)), []
    for unit, size in UNITS.items():
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def typed(seconds: float) -> str:
    """A length of time as it is typed, rounded up to a number that is easy to remember.

    >>> typed(13), typed(80), typed(4000)
    ('15s', '90s', '67min')
    """
    if seconds <= 180:
        return f"{-int(-seconds // 15) * 15}s"
    return f"{-int(-seconds // 60)}min"
