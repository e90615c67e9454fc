"""Forms that depend on the sound that follows: a/an, le/l', ce/cet, vieux/vieil."""

from __future__ import annotations

from collections.abc import Callable


def choose_forms(forms: list[str], vowel: Callable[[str], bool]) -> list[str]:
    """Choose between the two forms of each ``a|b`` by the word after it.

    Args:
        forms: word forms in order, the last one without a choice.
        vowel: whether a word starts with the sound of a vowel.

    Returns:
        As many words.

    >>> choose_forms(["a|an", "owl", "or", "a|an", "fox"], lambda word: word[0] in "aeiou")
    ['an', 'owl', 'or', 'a', 'fox']
    """
    settled = list(forms)
    for index in range(len(forms) - 2, -1, -1):
        if "|" in forms[index]:
            plain, _, fitted = forms[index].partition("|")
            settled[index] = fitted if vowel(settled[index + 1]) else plain
    return settled
