"""Error rates of texts, counted in symbols."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from seqtasks.metrics.text import TextRatio

Units = Callable[[str], Sequence[str]]
"""Cuts a text into the symbols that it is counted in."""


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


class SymbolRatio(TextRatio):
    """A ratio of numbers of symbols.

    Args:
        units: cuts a text into symbols; at white space by default.
        options: what torchmetrics' `Metric` takes.
    """

    def __init__(self, units: Units = str.split, **options: Any) -> None:
        super().__init__(**options)
        self.units = units


class SymbolErrorRate(SymbolRatio):
    """The edits that all texts need, divided by the symbols of their references.

    The phoneme error rate of Yao and Zweig 2015 ("Sequence-to-sequence neural net models for
    grapheme-to-phoneme conversion", section 3): of several references the one with the fewest
    edits counts, the longest among equals. Insertions can bring the rate above 1.

    >>> metric = SymbolErrorRate()
    >>> metric.update(["AH B", "K AE T"], [["B", "AH B D"], "K AE T"])
    >>> round(metric.compute().item(), 3)
    0.167
    """

    higher_is_better = False

    def pair(self, hypothesis: str, references: Sequence[str]) -> tuple[int, int]:
        given, wanted = self.units(hypothesis), map(self.units, references)
        edits, length = min((edit_distance(given, one), -len(one)) for one in wanted)
        return edits, -length


class LengthRatio(SymbolRatio):
    """The symbols that are written, divided by those of the references: 1 at best.

    Of several references the nearest in length counts, the shorter of two, as in BLEU's brevity
    penalty (Papineni et al. 2002, section 2.2.2).

    >>> metric = LengthRatio()
    >>> metric.update(["a b c"], [["a b", "a b c d e f"]])
    >>> metric.compute().item()
    1.5
    """

    higher_is_better = None

    def pair(self, hypothesis: str, references: Sequence[str]) -> tuple[int, int]:
        length = len(self.units(hypothesis))
        lengths = (len(self.units(reference)) for reference in references)
        return length, min(lengths, key=lambda n: (abs(n - length), n))
