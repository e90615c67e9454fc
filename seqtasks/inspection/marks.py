"""How a symbol is written where white space has to be seen."""

from __future__ import annotations

import unicodedata

MARKS = {" ": "␣", "\n": "↵", "\t": "⇥"}
"""White space and what stands for it."""

ENDS = {"<bos>": "⊢", "<eos>": "⊣"}
"""The ends of a text."""

LONGEST = 16
"""Characters shown of a symbol."""


def visible(symbol: str) -> str:
    r"""A symbol with its white space as marks and its other invisible characters as numbers.

    >>> visible(" the"), visible("\n"), visible("\x00"), visible("<bos>"), visible("a" * 40)
    ('␣the', '↵', 'U+0000', '⊢', 'aaaaaaaaaaaaaaa…')
    """
    if symbol in ENDS:
        return ENDS[symbol]
    text = "".join(map(_mark, unicodedata.normalize("NFC", symbol))) or "∅"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _mark(character: str) -> str:
    if character in MARKS:
        return MARKS[character]
    kind = unicodedata.category(character)[0]
    if kind in "CZ":  # controls, formats, private and unassigned characters, separators
        return f"U+{ord(character):04X}"
    return f"◌{character}" if kind == "M" else character
