"""Lower case as `tokenizers` folds it: character by character."""

from __future__ import annotations

import functools
import re

from tokenizers import normalizers

_CASED = 0x20000
"""The code points below this hold all letters with case."""


def lowered(text: str) -> str:
    """A text in the lower case of ``tokenizers.normalizers.Lowercase``.

    It folds each character alone, so that a sigma at the end of a word stays like every other,
    and knows the letters of a later Unicode than Python may.

    >>> lowered("ΟΔΟΣ"), "ΟΔΟΣ".lower()
    ('οδοσ', 'οδος')
    """
    if not text.isascii():
        unlike, pattern = _unlike()
        if pattern.search(text):
            text = text.translate(unlike)
    return text.lower()


@functools.cache
def _unlike() -> tuple[dict[int, str], re.Pattern[str]]:
    """What `tokenizers` folds in another way than Python, and a pattern that finds it in a text."""
    line = "\n"  # stays as it is
    letters = [chr(p) for p in range(_CASED) if not 0xD800 <= p < 0xE000 and chr(p) != line]
    folded = normalizers.Lowercase().normalize_str(line.join(letters)).split(line)
    unlike = {ord("Σ"): "σ"}
    unlike |= {ord(a): b for a, b in zip(letters, folded, strict=True) if a.lower() != b}
    return unlike, re.compile(f"[{''.join(map(chr, unlike))}]")
