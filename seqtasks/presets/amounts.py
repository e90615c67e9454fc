"""Amounts that grow or fall with the data: widths, rates of dropout, epochs."""

from __future__ import annotations

from collections.abc import Mapping

MOST_SEEN = 50_000_000
"""Steps that ``good`` sees at most, of all epochs together: some hours on a laptop."""

MOST_EPOCHS = 80
"""Epochs of ``good``, however small the data is."""


def stepped(count: int, values: Mapping[int, float], last: float) -> float:
    """The value below the first of some counts that is larger than this one.

    >>> stepped(50, {10: 0.5, 100: 0.4}, 0.3), stepped(500, {10: 0.5, 100: 0.4}, 0.3)
    (0.4, 0.3)
    """
    return next((value for most, value in values.items() if count < most), last)


def dropout(count: int, layers: int) -> float:
    """The less there is to learn from the more; stacked layers, each with its own, need less.

    >>> dropout(60_000, layers=1), dropout(200_000, layers=2)
    (0.5, 0.3)
    """
    usual = {100_000: 0.5, 1_500_000: 0.4, 5_000_000: 0.3, 20_000_000: 0.2}
    return round(stepped(count, usual, 0.1) - (0.1 if layers > 1 else 0.0), 1)


def subwords(count: int) -> int:
    """Byte pairs: few for little text, in which each is to occur often (Sennrich and Zhang 2019).

    >>> subwords(50_000), subwords(400_000)
    (2000, 6000)
    """
    return round(stepped(count, {100_000: 2_000, 1_000_000: 6_000, 20_000_000: 16_000}, 32_000))


def wide(size: int, count: int, width: float) -> int:
    """A layer's width: twice as wide for ten times the data beyond two million steps.

    >>> wide(128, 60_000, 1.0), wide(128, 20_000_000, 1.0)
    (128, 256)
    """
    grown = size * width * max(1.0, count / 2_000_000) ** 0.3
    return min(1024, max(32, round(grown / 16) * 16))


def epochs(usual: int, at: int, count: int, passes: float) -> int:
    """Epochs: fewer for more data, so that the steps seen grow with its power of two thirds.

    Args:
        usual: epochs.
        at: steps of the data that takes so many.
        count: steps of this data.
        passes: multiplies the epochs, and the most that is seen.

    Returns:
        0 where not even one epoch is within `MOST_SEEN`.

    >>> epochs(20, 50_000, 55_000, 1.0), epochs(20, 50_000, 1_000_000, 1.0)
    (19, 7)
    """
    wanted = max(1, round(passes * min(MOST_EPOCHS, usual * (at / max(1, count)) ** 0.33)))
    return min(wanted, int(MOST_SEEN * passes / max(1, count)))
