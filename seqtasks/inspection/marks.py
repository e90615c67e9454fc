"""Symbols written so that their white space can be seen."""

from __future__ import annotations

import unicodedata

_MARKS = {" ": "␣", "\n": "↵", "\t": "⇥"}
"""White space and the marks that stand for it."""

ENDS = {"<bos>": "⊢", "<eos>": "⊣"}
"""The marks for the ends of a text."""

_LONGEST = 16
"""The most characters shown of a symbol."""


def visible(symbol: str) -> str:
    r"""A symbol with its white space as marks and its other invisible characters as numbers.

    >>> visible(" the"), visible("\n"), visible("\x00"), visible("<bos>"), visible("a" * 40)
    ('␣the', '↵', 'U+0000', '⊢', 'aaaaaaaaaaaaaaa…')
    """
    if symbol in ENDS:
        return ENDS[symbol]
    text = "".join(map(_mark, unicodedata.normalize("NFC", symbol))) or "∅"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _mark(character: str) -> str:
    if character in _MARKS:
        return _MARKS[character]
    kind = unicodedata.category(character)[0]
    if kind in "CZ":  # controls, formats, private and unassigned characters, separators
        return f"U+{ord(character):04X}"
    return f"◌{character}" if kind == "M" else character
