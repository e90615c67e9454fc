"""Simple properties of the symbols of a text, with which a unit may correlate."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from itertools import accumulate, compress, pairwise

import torch
from torch import Tensor

from seqtasks.inspection.marks import ENDS, visible

_FEWEST = 2
"""The fewest steps at which a yes-or-no property has to hold, and at which it has to fail."""

_OPENING, _CLOSING = "([{“", ")]}”"


def properties(symbols: Sequence[str], numbers: Sequence[int]) -> dict[str, Tensor]:
    """The properties that vary over a text, by name.

    Yes-or-no properties say whether the symbol is a certain one, white space, a capital, a number
    or punctuation, begins a word, or stands in quotes or brackets (Karpathy et al. 2016, section
    4.2, found units for the last two). Numeric properties are the place in the text, in the line
    and in the word.

    Args:
        symbols: each token as the text has it.
        numbers: each token's number; equal numbers are the same symbol.

    Returns:
        Name → (time,) float64. A property that holds or fails at fewer than two steps is left out,
        because a single step easily looks special by chance.

    >>> list(properties(["a", "b", "a", "b", "b"], [0, 1, 0, 1, 1]))
    ["'a'", "'b'", 'place in the text']
    """
    found: dict[str, list[bool]] = {}
    for number in dict.fromkeys(numbers):
        same = [other == number for other in numbers]
        names = set(compress(symbols, same))
        found[f"'{visible(min(names))}'" + (" etc." if len(names) > 1 else "")] = same
    for name, holds in _CLASSES.items():
        found[name] = [holds(symbol) for symbol in symbols]
    begins = found["beginning of a word"] = _word_beginnings(symbols)
    found["in quotes or brackets"] = [depth > 0 for depth in _depths(symbols)]
    wanted = {name: torch.tensor(v, dtype=torch.float64) for name, v in found.items()}
    kept = {n: v for n, v in wanted.items() if _FEWEST <= int(v.sum()) <= len(v) - _FEWEST}
    lines = [True, *(before.endswith("\n") for before, _ in pairwise(symbols))]
    places = {"text": [True] + [False] * (len(symbols) - 1), "line": lines, "word": begins}
    for name, beginnings in places.items():
        if name == "text" or sum(beginnings) > 1:
            kept[f"place in the {name}"] = _since(beginnings)
    return kept


def _is_punctuation(symbol: str) -> bool:
    return bool(symbol) and all(unicodedata.category(c)[0] in "PS" for c in symbol.strip() or " ")


_CLASSES: dict[str, Callable[[str], bool]] = {
    "white space": str.isspace,
    "capital": lambda symbol: symbol.strip()[:1].isupper(),
    "number": lambda symbol: any(character.isdigit() for character in symbol),
    "punctuation": _is_punctuation,
}


def _word_beginnings(symbols: Sequence[str]) -> list[bool]:
    """Whether each symbol begins a word; all False if the symbols are whole words."""
    if not any(symbol[:1].isspace() or symbol[-1:].isspace() for symbol in symbols):
        return [False] * len(symbols)
    before = [" ", *symbols[:-1]]
    return [
        not (symbol.isspace() or symbol in ENDS)
        and (symbol[:1].isspace() or last[-1:].isspace() or last in ENDS)
        for last, symbol in zip(before, symbols, strict=True)
    ]


def _depths(symbols: Sequence[str]) -> list[int]:
    """The number of open quotes and brackets after each symbol."""
    depth, quoted, depths = 0, False, []
    for character in symbols:
        for mark in character:
            quoted ^= mark == '"'
            depth = max(0, depth + (mark in _OPENING) - (mark in _CLOSING))
        depths.append(depth + quoted)
    return depths


def _since(beginnings: Sequence[bool]) -> Tensor:
    """The steps since the last beginning, (time,) float64."""
    counts = accumulate(beginnings, lambda n, begins: 0 if begins else n + 1, initial=-1)
    return torch.tensor([*counts][1:], dtype=torch.float64)
