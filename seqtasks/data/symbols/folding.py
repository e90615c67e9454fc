"""Lower case as `tokenizers` folds it: character by character."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import normalizers

_CASED = 0x20000
"""The code points below this hold all letters with case."""

_APART = "\n"
"""Stands between symbols that are folded at once; hardly any symbol holds one."""


def lowered(text: str) -> str:
    """A text in the lower case of ``tokenizers.normalizers.Lowercase``.

    It folds each character alone, so that a sigma at the end of a word stays like every other,
    and knows the letters of a later Unicode than Python may.

    >>> lowered("ΟΔΟΣ"), "ΟΔΟΣ".lower()
    ('οδοσ', 'οδος')
    """
    if not text.isascii():
        unlike, flags = _unlike()
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        if flags.take(points, mode="clip").any():
            text = text.translate(unlike)
    return text.lower()


def folded(symbols: Sequence[str]) -> list[str]:
    """Some symbols in that lower case.

    >>> folded(["Straße", "ΟΔΟΣ"])
    ['straße', 'οδοσ']
    """
    together = _APART.join(symbols)
    if together.isascii():
        return [symbol.lower() for symbol in symbols]
    parts = lowered(together).split(_APART)
    return parts if len(parts) == len(symbols) else [lowered(symbol) for symbol in symbols]


@functools.cache
def _unlike() -> tuple[dict[int, str], NDArray[np.bool_]]:
    """What `tokenizers` folds in another way than Python, and where it stands by code point."""
    line = "\n"  # stays as it is
    letters = [chr(p) for p in range(_CASED) if not 0xD800 <= p < 0xE000 and chr(p) != line]
    folded = normalizers.Lowercase().normalize_str(line.join(letters)).split(line)
    unlike = {ord("Σ"): "σ"}
    unlike |= {ord(a): b for a, b in zip(letters, folded, strict=True) if a.lower() != b}
    flags = np.zeros(_CASED, dtype=bool)
    flags[list(unlike)] = True
    return unlike, flags
