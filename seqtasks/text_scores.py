"""Which scores of texts a task shows, and which of them picks its checkpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torchmetrics import Metric

from seqtasks.errors import UsageError, nearest
from seqtasks.metrics import (
    CorpusBLEU,
    CorpusCHRF,
    CorpusTER,
    ExactMatch,
    LengthRatio,
    SymbolErrorRate,
    WordErrorRate,
    WorstTexts,
)
from seqtasks.metrics.edits import Units
from seqtasks.metrics.text import TextMetric

SCORES: dict[str, type[TextMetric]] = {
    "bleu": CorpusBLEU,
    "chrf": CorpusCHRF,
    "ter": CorpusTER,
    "exact_match": ExactMatch,
    "accuracy": ExactMatch,
    "word_error_rate": WordErrorRate,
    "symbol_error_rate": SymbolErrorRate,
    "length_ratio": LengthRatio,
}
"""Name → its class."""


class TextScores:
    """The scores of a task that writes texts.

    Args:
        names: of `SCORES`, as they are to be shown.
        monitor: the one that picks the best checkpoint, or ``loss``.
        units: cuts a text into the symbols that errors and lengths are counted in.

    Attributes:
        monitor: its name as it is logged.
        mode: ``min`` or ``max``, whichever is better.

    Raises:
        UsageError: there is no such score, none at all, or ``monitor`` is none of them or one that
            is neither better high nor better low.

    >>> scores = TextScores(["bleu", "length_ratio"], "bleu", str.split)
    >>> scores.monitor, scores.mode, list(scores.metrics())
    ('val/bleu', 'max', ['bleu', 'length_ratio'])
    """

    def __init__(self, names: Sequence[str], monitor: str, units: Units) -> None:
        unknown = [name for name in names if name not in SCORES]
        if unknown or not names:
            near = nearest(str(unknown[0]), SCORES) if unknown else ""
            raise UsageError(f"task.scores={list(names)}: choose from {', '.join(SCORES)}.{near}")
        self.names, self.units = list(names), units
        ranked = {name: SCORES[name].higher_is_better for name in names}
        better = {"loss": False, **{name: b for name, b in ranked.items() if b is not None}}
        if monitor not in better:
            raise UsageError(
                f"task.monitor={monitor}: choose one of {', '.join(better)}, or name it in "
                f"task.scores as well.{nearest(monitor, better)}"
            )
        self.monitor, self.mode = f"val/{monitor}", "max" if better[monitor] else "min"

    def make(self, name: str, **options: Any) -> TextMetric:
        """A fresh metric by its name."""
        kind = SCORES[name]
        if kind in (SymbolErrorRate, LengthRatio):
            options["units"] = self.units
        return kind(**options)

    def metrics(self) -> dict[str, Metric]:
        """A fresh metric for each name."""
        return {name: self.make(name) for name in self.names}

    def worst(self) -> WorstTexts:
        """Keeps the worst texts by the first score that is graded, else by the first of all."""
        usable = [name for name in self.names if SCORES[name].higher_is_better is not None]
        graded = [name for name in usable if SCORES[name].graded]
        chosen = [*graded, *usable, "exact_match"][0]
        options = SCORES[chosen].for_one_text
        return WorstTexts(self.make(chosen, sync_on_compute=False, **options))


def update(
    metrics: Mapping[str, Any],
    sources: Sequence[str],
    texts: Sequence[str],
    references: Sequence[Sequence[str]],
) -> None:
    """Add a batch of texts to those metrics of a split that take texts."""
    for metric in metrics.values():
        if isinstance(metric, WorstTexts):
            metric.update(sources, texts, references)
        elif isinstance(metric, TextMetric):
            metric.update(texts, references)


def signatures(metrics: Mapping[str, Any]) -> dict[str, str]:
    """The signatures of those metrics that have one, by name."""
    found = {name: getattr(metric, "signature", None) for name, metric in metrics.items()}
    return {name: signature for name, signature in found.items() if signature}
