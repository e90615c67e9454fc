"""The colours of numbers, the same in every picture, report and page.

A signed number is red above zero and blue below; a share, as of attention, is the more violet the
larger it is. Zero is the colour of the ground.
"""

from __future__ import annotations

from typing import Any

PAPER = {"share": "#4f46e5", "positive": "#b2182b", "negative": "#2166ac"}
SCREEN_AT_NIGHT = {"share": "#a5a2ff", "positive": "#f4796b", "negative": "#62aef0"}
"""The ends of the scales on a white ground and on a black one."""


def signed() -> Any:
    """Matplotlib's map of colours for numbers from -1 to 1."""
    return _map("signed", PAPER["negative"], "#ffffff", PAPER["positive"])


def shares() -> Any:
    """Matplotlib's map of colours for numbers from 0 to 1."""
    return _map("shares", "#ffffff", PAPER["share"])


def style() -> str:
    """The colours as custom properties of CSS, each three numbers for ``rgb()``.

    >>> style().splitlines()[0]
    ':root { --share: 79 70 229; --positive: 178 24 43; --negative: 33 102 172; }'
    """
    dark = f"@media (prefers-color-scheme: dark) {{ {_properties(SCREEN_AT_NIGHT)} }}"
    return f"{_properties(PAPER)}\n{dark}\n"


def _properties(colours: dict[str, str]) -> str:
    values = {name: " ".join(map(str, bytes.fromhex(one[1:]))) for name, one in colours.items()}
    return ":root { " + " ".join(f"--{name}: {value};" for name, value in values.items()) + " }"


def _map(name: str, *colours: str) -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(name, colours)
