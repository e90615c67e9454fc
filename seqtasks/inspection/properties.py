"""Simple properties of the symbols of a text, which a unit may or may not follow."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from seqtasks.inspection.marks import ENDS, visible

FEWEST = 2
"""Steps at which a property that holds or not has to hold, and at which it has to fail."""

OPENING, CLOSING = "([{“", ")]}”"


def properties(symbols: Sequence[str], numbers: Sequence[int]) -> dict[str, Tensor]:
    """The properties that vary over a text, by name.

    Yes or no: being a certain symbol, white space, a capital, a number or punctuation, beginning
    a word, standing in quotes or brackets (Karpathy et al. 2016, section 4.2, found units for the
    last two). As a number: the place in the text, in the line and in the word.

    Args:
        symbols: each token as it stands in the text.
        numbers: each token's number, by which symbols are the same.

    Returns:
        Name → (time,) float64. What holds at fewer than two steps, or fails at fewer, is left out:
        one step has chance enough to look special.

    >>> list(properties(["a", "b", "a", "b", "b"], [0, 1, 0, 1, 1]))
    ["'a'", "'b'", 'place in the text']
    """
    found: dict[str, list[float]] = {}
    for number in dict.fromkeys(numbers):
        same = [other == number for other in numbers]
        names = {symbols[place] for place, is_it in enumerate(same) if is_it}
        name = f"'{visible(min(names))}'" if len(names) == 1 else f"'{visible(min(names))}' etc."
        found[name] = [float(value) for value in same]
    for name, holds in CLASSES.items():
        found[name] = [float(holds(symbol)) for symbol in symbols]
    begins = _word_beginnings(symbols)
    found["beginning of a word"] = [float(value) for value in begins]
    found["in quotes or brackets"] = [float(depth > 0) for depth in _depths(symbols)]
    wanted = {name: torch.tensor(v, dtype=torch.float64) for name, v in found.items()}
    kept = {n: v for n, v in wanted.items() if FEWEST <= int(v.sum()) <= len(v) - FEWEST}
    lines = [True, *(before.endswith("\n") for before, _ in pairwise(symbols))]
    places = {"text": [True] + [False] * (len(symbols) - 1), "line": lines, "word": begins}
    for name, beginnings in places.items():
        if name == "text" or sum(beginnings) > 1:
            kept[f"place in the {name}"] = _since(beginnings)
    return kept


def _is_punctuation(symbol: str) -> bool:
    return bool(symbol) and all(unicodedata.category(c)[0] in "PS" for c in symbol.strip() or " ")


CLASSES: dict[str, Callable[[str], bool]] = {
    "white space": str.isspace,
    "capital": lambda symbol: symbol.strip()[:1].isupper(),
    "number": lambda symbol: any(character.isdigit() for character in symbol),
    "punctuation": _is_punctuation,
}


def _word_beginnings(symbols: Sequence[str]) -> list[bool]:
    """Where a word begins, in a text that is cut into pieces smaller than words."""
    if not any(symbol[:1].isspace() or symbol[-1:].isspace() for symbol in symbols):
        return [False] * len(symbols)
    before = [" ", *symbols[:-1]]
    return [
        not (symbol.isspace() or symbol in ENDS)
        and (symbol[:1].isspace() or last[-1:].isspace() or last in ENDS)
        for last, symbol in zip(before, symbols, strict=True)
    ]


def _depths(symbols: Sequence[str]) -> list[int]:
    """After each symbol, how many quotes and brackets are open."""
    depth, quoted, depths = 0, False, []
    for character in symbols:
        for mark in character:
            quoted ^= mark == '"'
            depth = max(0, depth + (mark in OPENING) - (mark in CLOSING))
        depths.append(depth + quoted)
    return depths


def _since(beginnings: Sequence[bool]) -> Tensor:
    """Steps since the last beginning, (time,) float64."""
    count, counts = -1, []
    for begins in beginnings:
        count = 0 if begins else count + 1
        counts.append(count)
    return torch.tensor(counts, dtype=torch.float64)
