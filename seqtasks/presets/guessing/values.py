"""What some values look like: labels, numbers, texts, dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from seqtasks.data.decimals import plain

_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b.*|\d{1,2}:\d{2}(:\d{2})?")
_LONGEST_LABEL = 60  # characters
_MOSTLY = 0.95


def few_distinct(values: Sequence[str]) -> bool:
    """Whether values are like labels or tags: short, few, and hardly one of them alone.

    The names of classes grow more slowly with the rows than the words of a text do: up to twice
    the square root of their number are few, and one in twenty rows may have a label of its own.

    >>> few_distinct(["pos", "neg", "pos", "neg"]), few_distinct(["a", "b", "c", "d"])
    (True, False)
    """
    count, counts = len(values), Counter(values)
    alone = sum(times == 1 for times in counts.values())
    return (
        count > 2
        and len(counts) <= min(2 * count**0.5, (count + 1) / 2)
        and alone <= max(1, count / 20)
        and all(len(value) <= _LONGEST_LABEL for value in counts)
    )


def are_words(values: Iterable[str]) -> bool:
    """Whether each value holds a letter or a digit, as names of classes do.

    >>> are_words(["pos", "1"]), are_words(["pos", "?"])
    (True, False)
    """
    return all(any(map(str.isalnum, value)) for value in values)


def mostly(flags: Sequence[bool]) -> bool:
    """Whether nearly all of some flags are true, of at least one."""
    return bool(flags) and sum(flags) >= _MOSTLY * len(flags)


def is_number(text: str) -> bool:
    """Whether a text is a number.

    >>> is_number("3.5"), is_number("v3")
    (True, False)
    """
    try:
        plain(text)
    except ValueError:
        return False
    return True


def is_date(text: str) -> bool:
    """Whether a text is a date or a time.

    >>> is_date("2024-02-29"), is_date("3.5"), is_date("2 of 3")
    (True, False, False)
    """
    return _DATE.fullmatch(text.strip()) is not None


def shown(value: str | Sequence[str], most: int = 40) -> str:
    """A value in quotes, cut where it is long.

    >>> shown("a fine film", 6), shown(["a", "b"])
    ("'a fin…'", "['a', 'b']")
    """
    if isinstance(value, str):
        text = " ".join(value.split())
        return repr(text if len(text) <= most else text[: most - 1] + "…")
    text = repr([*value])
    return text if len(text) <= most else text[: most - 1] + "…"
