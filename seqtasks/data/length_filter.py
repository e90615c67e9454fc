"""A filter that leaves training examples out for their length."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from seqtasks.data.record import Record
from seqtasks.errors import DataError, UsageError

_log = logging.getLogger(__name__)


class LengthFilter:
    """Leaves out training examples that are long, or whose two sides differ much in length.

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

    >>> records = [Record({}, "pairs.tsv", line) for line in (1, 2, 3)]
    >>> kept = LengthFilter(max_tokens=9, max_ratio=2).keep(records, [[4, 3, 12], [8, 7, 11]])
    >>> [record.line for record in kept]
    [1]
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

    def keep(self, records: Sequence[Record], sizes: Sequence[Sequence[int]]) -> list[Record]:
        """The records within all limits; the number of the others is logged.

        Args:
            records: training examples.
            sizes: for each field the length of every example, in tokens.

        Raises:
            DataError: no record is left.
        """
        reasons = [self.reason(lengths) for lengths in zip(*sizes, strict=True)]
        counts = {reason: reasons.count(reason) for reason in dict.fromkeys(reasons) if reason}
        if not counts:
            return list(records)
        found = "; ".join(f"{count:,} {reason}" for reason, count in counts.items())
        kept = [r for r, reason in zip(records, reasons, strict=True) if not reason]
        if not kept:
            raise DataError(
                f"none of the {len(records):,} training examples is left: {found}; widen the "
                "limits",
                option="filter",
            )
        _log.warning(
            "The filter leaves out %s of %s training examples: %s",
            f"{sum(counts.values()):,}",
            f"{len(records):,}",
            found,
        )
        return kept

    def reason(self, lengths: Sequence[int]) -> str:
        """The reason to leave out an example by its fields' lengths; empty if there is none."""
        shortest, longest = min(lengths), max(lengths)
        if self.min_tokens is not None and shortest < self.min_tokens:
            return f"shorter than {self.min_tokens} tokens"
        if self.max_tokens is not None and longest > self.max_tokens:
            return f"longer than {self.max_tokens} tokens"
        if self.max_ratio is not None and longest > self.max_ratio * shortest:
            return f"with one side over {self.max_ratio:g} times as long as the other"
        return ""
