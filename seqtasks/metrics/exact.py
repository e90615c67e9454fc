"""The fraction of texts that are right from end to end, and of those that are not."""

from __future__ import annotations

from collections.abc import Sequence

from seqtasks.metrics.text import TextRatio


class ExactMatch(TextRatio):
    """The fraction of texts that equal one of their references, character by character.

    >>> metric = ExactMatch()
    >>> metric.update(["a b", "c"], ["a b", "C"])
    >>> metric.update(["d", "e"], ["d", ["E", "e"]])
    >>> metric.compute().item()
    0.75
    """

    graded = False

    def pair(self, hypothesis: str, references: Sequence[str]) -> tuple[int, int]:
        return int(hypothesis in references), 1


class SequenceErrorRate(TextRatio):
    """The fraction of texts that equal none of their references.

    Where every text is the pronunciation of a word, the literature calls this fraction the word
    error rate (Yao and Zweig 2015, section 3). The word error rate of speech recognition is
    another score: `SymbolErrorRate` of a text whose symbols are words.

    >>> metric = SequenceErrorRate()
    >>> metric.update(["K AE T", "AH"], [["K AA T", "K AE T"], ["EY"]])
    >>> metric.compute().item()
    0.5
    """

    graded = False
    higher_is_better = False

    def pair(self, hypothesis: str, references: Sequence[str]) -> tuple[int, int]:
        return int(hypothesis not in references), 1
