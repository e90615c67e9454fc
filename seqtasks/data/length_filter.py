"""A filter that leaves training examples out for their length."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from seqtasks.errors import DataError, UsageError

_log = logging.getLogger(__name__)


class LengthFilter:
    """Leaves out training examples that are too long or short, or whose sides differ in length.

    Lengths are in tokens, ``<bos>`` and ``<eos>`` included where a field has them. Such limits
    are usual in translation, where they remove misaligned pairs from crawled text (Koehn et al.
    2007, ``clean-corpus-n``; there 1 to 80 tokens and a ratio of 9).

    Args:
        min_tokens: the smallest length of any field; None for no such limit.
        max_tokens: the largest length of any field; None for no such limit.
        max_ratio: the largest ratio of an example's longest field to its shortest; None for no
            such limit.

    Raises:
        UsageError: no limit is given, or one is out of range.

    >>> left_out: dict[str, int] = {}
    >>> sizes = [np.array([4, 3, 12]), np.array([8, 7, 11])]
    >>> LengthFilter(max_tokens=9, max_ratio=2).within(sizes, left_out).tolist()
    [True, False, False]
    >>> list(left_out.values())
    [1, 1]
    """

    def __init__(
        self,
        min_tokens: int | None = None,
        max_tokens: int | None = None,
        max_ratio: float | None = None,
    ) -> None:
        limits = {"min_tokens": min_tokens, "max_tokens": max_tokens, "max_ratio": max_ratio}
        given = {name: limit for name, limit in limits.items() if limit is not None}
        if not given:
            raise UsageError(f"a filter of lengths needs a limit: set one of {', '.join(limits)}")
        for name, limit in given.items():
            if limit < 1:
                raise UsageError(f"it is at least 1, or null for none, not {limit}", option=name)
        self.min_tokens, self.max_tokens, self.max_ratio = min_tokens, max_tokens, max_ratio

    def within(
        self, sizes: Sequence[NDArray[np.integer]], left_out: dict[str, int]
    ) -> NDArray[np.bool_]:
        """Tell which of some examples are within all limits.

        Args:
            sizes: for each field the length of every example, in tokens.
            left_out: reason → the number of examples that are left out for it; counts on.

        Returns:
            (examples,) bool.

        Raises:
            UsageError: no field has a length.
        """
        if not sizes:
            raise UsageError("no field of the data has a length; set it to null", option="filter")
        shortest, longest = np.min(sizes, axis=0), np.max(sizes, axis=0)
        inside = np.ones(len(shortest), np.bool_)
        outside: dict[str, NDArray[np.bool_]] = {}
        if self.min_tokens is not None:
            outside[f"shorter than {self.min_tokens} tokens"] = shortest < self.min_tokens
        if self.max_tokens is not None:
            outside[f"longer than {self.max_tokens} tokens"] = longest > self.max_tokens
        if self.max_ratio is not None:
            reason = f"with one side over {self.max_ratio:g} times as long as the other"
            outside[reason] = longest > self.max_ratio * shortest
        for reason, found in outside.items():
            count = int((found & inside).sum())
            if count:
                left_out[reason] = left_out.get(reason, 0) + count
            inside &= ~found
        return inside

    def report(self, left_out: Mapping[str, int], total: int) -> None:
        """Log how many of all training examples are left out.

        Raises:
            DataError: all of them.
        """
        count = sum(left_out.values())
        if not count:
            return
        found = "; ".join(f"{number:,} {reason}" for reason, number in left_out.items())
        if count == total:
            raise DataError(
                f"none of the {total:,} training examples is left: {found}; widen the limits",
                option="filter",
            )
        _log.warning(
            "The filter leaves out %s of %s training examples: %s",
            f"{count:,}",
            f"{total:,}",
            found,
        )
