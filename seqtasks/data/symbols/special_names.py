"""The names of special symbols and separators, which stay whole in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable


class SpecialNames:
    """Strings such as ``<pad>`` that are symbols of their own wherever a text holds them.

    Args:
        names: in any order; of two that fit at a place the longer one counts.

    >>> names = SpecialNames(["<unk>", "<sep>"])
    >>> names.divide("a b<sep>c"), names.within("a <un k>")
    (['a b', '<sep>', 'c'], False)
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        longest_first = sorted(self.names, key=lambda name: (-len(name), name))
        either = "|".join(map(re.escape, longest_first))
        self.pattern = re.compile(f"({either})" if either else r"(?!)()")

    def within(self, text: str) -> bool:
        """Whether a text holds a name."""
        return any(name in text for name in self.names)

    def divide(self, text: str) -> list[str]:
        """A text cut at the names: plain text and names by turns, plain text first and last."""
        return self.pattern.split(text) if self.within(text) else [text]
