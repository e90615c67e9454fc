"""Numbers as people write them."""

from __future__ import annotations

import re

_COMMA = re.compile(r"\s*[+-]?([0-9]*),([0-9]+)(?:[eE][+-]?[0-9]+)?\s*")


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
        return float(text)
    except ValueError:
        found = _COMMA.fullmatch(text)
        thousands = found and len(found[2]) == 3 and 0 < len(found[1]) < 4 and found[1][0] != "0"
        if not found or (thousands and not comma):
            raise
    return float(text.replace(",", "."))
