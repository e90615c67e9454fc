"""What the scores of texts have in common: checked pairs of texts, and counts that add up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import torch

from seqtasks.errors import UsageError
from seqtasks.metrics.sums import SumMetric

References = Sequence[str | Sequence[str]]
"""For each hypothesis one right text, or several that are all right."""


def check_pairs(hypotheses: Sequence[str], references: References) -> list[list[str]]:
    """The references of each hypothesis as a list.

    Raises:
        UsageError: an argument is one string, the lists differ in length, or a text has no
            reference.

    >>> check_pairs(["a", "b"], ["a", ["b", "B"]])
    [['a'], ['b', 'B']]
    """
    if isinstance(hypotheses, str) or isinstance(references, str):
        raise UsageError("one string is given; expected lists of hypotheses and of references")
    if len(hypotheses) != len(references):
        raise UsageError(
            f"{len(hypotheses)} hypotheses and {len(references)} references are given; "
            "expected one reference, or a list of them, for each hypothesis"
        )
    rows = [[row] if isinstance(row, str) else list(row) for row in references]
    if not all(rows):
        raise UsageError(f"hypothesis {rows.index([]) + 1} has no reference; expected at least one")
    return rows


class TextMetric(SumMetric):
    """A score of a whole corpus, each text against one reference or several.

    A subclass gives the counts of a batch by `tally`, and computes the score from their sum.

    Args:
        size: how many counts there are.
        dtype: int64, or float64 where a count can be a fraction.
        options: what torchmetrics' `Metric` takes.

    Attributes:
        graded: whether a single text can score anything between wholly wrong and wholly right.
        for_one_text: the options by which a single text is scored.
        numbers: how many references texts have had, also before a reset.
    """

    graded: ClassVar[bool] = True
    for_one_text: ClassVar[dict[str, Any]] = {}

    def __init__(self, size: int = 2, dtype: torch.dtype = torch.int64, **options: Any) -> None:
        super().__init__(size, dtype, **options)
        self.numbers: set[int] = set()

    def update(self, hypotheses: Sequence[str], references: References) -> None:
        """Add a batch of texts, with their references; errors are those of `check_pairs`."""
        rows = check_pairs(hypotheses, references)
        if rows:
            self.numbers |= {len(row) for row in rows}
            added = torch.tensor(self.tally(hypotheses, rows), dtype=torch.float64).sum(0)
            self.sums = self.sums + added.to(self.sums)

    def tally(
        self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Sequence[Sequence[float]]:
        """The counts of each of some texts, at least one, each with its references."""
        raise NotImplementedError


class TextRatio(TextMetric):
    """A count of something in all texts, divided by another count.

    A subclass gives both counts of a single text by `pair`.
    """

    def tally(
        self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Sequence[Sequence[float]]:
        return [self.pair(*texts) for texts in zip(hypotheses, references, strict=True)]

    def pair(self, hypothesis: str, references: Sequence[str]) -> tuple[int, int]:
        """The counts above and below the line, of one text."""
        raise NotImplementedError

    def score(self, *sums: float) -> float:
        """The ratio; NaN where the count below the line is 0."""
        above, below = sums
        return above / below if below else math.nan
