"""Error rates of texts, counted in symbols and in whole texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from seqtasks.metrics.checks import scalar
from seqtasks.metrics.text import TextMetric

Units = Callable[[str], Sequence[str]]
"""From a text to the symbols that it is counted in."""


def edit_distance(given: Sequence[str], wanted: Sequence[str]) -> int:
    """The fewest insertions, deletions and substitutions that turn one sequence into another.

    Levenshtein 1966, by the dynamic programme of Wagner and Fischer 1974.

    >>> edit_distance("kitten", "sitting"), edit_distance(["AH", "B"], ["B"])
    (3, 1)
    """
    row = list(range(len(wanted) + 1))
    for place, symbol in enumerate(given, 1):
        before, row[0] = row[0], place
        for index, other in enumerate(wanted, 1):
            changed = before + (symbol != other)
            before = row[index]
            row[index] = min(changed, before + 1, row[index - 1] + 1)
    return row[-1]


def nearest_reference(given: Sequence[str], references: Sequence[Sequence[str]]) -> tuple[int, int]:
    """The reference with the fewest edits, the longest among equals.

    Returns:
        The edits, and the number of symbols of that reference.

    >>> nearest_reference(["a", "b"], [["a"], ["a", "b", "c"]])
    (1, 3)
    """
    found = ((edit_distance(given, wanted), -len(wanted)) for wanted in references)
    edits, length = min(found)
    return edits, -length


class SymbolErrorRate(TextMetric):
    """The edits that all texts need, divided by the symbols of their references.

    The phoneme error rate of Yao and Zweig 2015 ("Sequence-to-sequence neural net models for
    grapheme-to-phoneme conversion", section 3): of several references the one with the fewest
    edits counts. Insertions can bring it above 1.

    Args:
        units: cuts a text into symbols; at white space by default.
        options: what torchmetrics' `Metric` takes.

    >>> metric = SymbolErrorRate()
    >>> metric.update(["AH B", "K AE T"], [["B", "AH B D"], "K AE T"])
    >>> round(metric.compute().item(), 3)
    0.167
    """

    higher_is_better = False
    counts: Tensor

    def __init__(self, units: Units = str.split, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.add_state("counts", torch.zeros(2, dtype=torch.int64), dist_reduce_fx="sum")

    def add(self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> None:
        """Adds edits and lengths."""
        for given, row in zip(hypotheses, references, strict=True):
            wanted = [self.units(reference) for reference in row]
            self.count("counts", nearest_reference(self.units(given), wanted))

    def compute(self) -> Tensor:
        """Edits by symbols, shape (), float64; NaN before any symbol."""
        edits, length = self.counts.tolist()
        return scalar(edits / length if length else float("nan"), self.device)


class LengthRatio(TextMetric):
    """The symbols that are written, divided by those of the references: 1 at best.

    Of several references the nearest in length counts, the shorter of two, as in BLEU's brevity
    penalty (Papineni et al. 2002, section 2.2.2).

    Args:
        units: cuts a text into symbols; at white space by default.
        options: what torchmetrics' `Metric` takes.

    >>> metric = LengthRatio()
    >>> metric.update(["a b c"], [["a b", "a b c d e f"]])
    >>> metric.compute().item()
    1.5
    """

    higher_is_better = None
    counts: Tensor

    def __init__(self, units: Units = str.split, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.add_state("counts", torch.zeros(2, dtype=torch.int64), dist_reduce_fx="sum")

    def add(self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> None:
        """Adds lengths."""
        for given, row in zip(hypotheses, references, strict=True):
            length = len(self.units(given))
            lengths = [len(self.units(reference)) for reference in row]
            self.count("counts", [length, min(lengths, key=lambda n: (abs(n - length), n))])

    def compute(self) -> Tensor:
        """The ratio, shape (), float64; NaN before any symbol."""
        given, wanted = self.counts.tolist()
        return scalar(given / wanted if wanted else float("nan"), self.device)
