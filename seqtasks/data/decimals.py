"""Numbers as people write them."""

from __future__ import annotations

import re

import numpy as np

LARGEST = float(np.finfo(np.float32).max)
"""The largest number that a tensor of the usual type holds."""

_COMMA = re.compile(r"\s*[+-]?([0-9]*),([0-9]+)(?:[eE][+-]?[0-9]+)?\s*")


def plain(text: str) -> float:
    """The number that a text writes in digits, with a point before its decimals.

    Every number of a file is read by this rule. Python reads more as numbers, such as ``1_000`` and
    digits of other scripts; in a file these are mistakes or mean something else.

    Raises:
        ValueError: it writes no number.

    >>> plain(" -1.5e3"), plain("nan")
    (-1500.0, nan)
    >>> plain("1_000")
    Traceback (most recent call last):
    ValueError: '1_000' is no number
    """
    if "_" not in text and text.isascii():
        try:
            return float(text)
        except ValueError:
            pass
    shown = text.strip()
    raise ValueError(f"{shown[:30]!r} is no number")


def decimal(text: str, comma: bool = False) -> float:
    """The number that a text writes, with a point or a comma before its decimals.

    A comma stands before decimals unless it may separate thousands, as in ``1,234``.

    Args:
        text: without white space within.
        comma: whether no comma separates thousands there.

    Raises:
        ValueError: it writes no number, or one with a point and a comma.

    >>> decimal("3.5"), decimal("3,5"), decimal("0,125"), decimal("1,234", comma=True)
    (3.5, 3.5, 0.125, 1.234)
    """
    try:
        return plain(text)
    except ValueError:
        found = _COMMA.fullmatch(text)
        thousands = found and len(found[2]) == 3 and 0 < len(found[1]) < 4 and found[1][0] != "0"
        if not found or (thousands and not comma):
            raise
    return plain(text.replace(",", "."))
