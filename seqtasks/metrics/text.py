"""What the scores of texts have in common: checked pairs of texts, and counts that add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from torchmetrics import Metric

from seqtasks.metrics.checks import References, check_pairs, scalar


class TextMetric(Metric):
    """A score of a whole corpus, each text against one reference or several.

    A subclass gives the counts of a batch by `tally`, and computes the score from their sum.

    Args:
        size: how many counts there are.
        dtype: int64, or float64 where a count can be a fraction.
        options: what torchmetrics' `Metric` takes.

    Attributes:
        graded: whether a single text can score anything between wholly wrong and wholly right.
        for_one_text: the options by which a single text is scored.
        counts: (size,) the sum of the counts of all texts.
        numbers: how many references texts have had, also before a reset.
    """

    full_state_update = False
    is_differentiable = False
    higher_is_better: bool | None = True
    graded: ClassVar[bool] = True
    for_one_text: ClassVar[dict[str, Any]] = {}
    counts: Tensor

    def __init__(self, size: int = 2, dtype: torch.dtype = torch.int64, **options: Any) -> None:
        super().__init__(**options)
        self.add_state("counts", torch.zeros(size, dtype=dtype), dist_reduce_fx="sum")
        self.numbers: set[int] = set()

    def update(self, hypotheses: Sequence[str], references: References) -> None:
        """Add a batch of texts, with one reference or a list of them for each.

        Raises:
            UsageError: the lists differ in length, or a text has no reference.
        """
        rows = check_pairs(hypotheses, references)
        if rows:
            self.numbers |= {len(row) for row in rows}
            added = torch.tensor(self.tally(hypotheses, rows), dtype=torch.float64).sum(0)
            self.counts = self.counts + added.to(self.counts)

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

    def compute(self) -> Tensor:
        """The ratio, shape (), float64; NaN where the count below the line is 0."""
        above, below = self.counts.tolist()
        return scalar(above / below if below else float("nan"), self.device)
