"""Which scores of texts a task shows, and which of them picks its checkpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from seqtasks import metrics
from seqtasks.errors import UsageError, nearest

if TYPE_CHECKING:
    from torchmetrics import Metric

    from seqtasks.metrics import TextMetric, WorstTexts
    from seqtasks.metrics.edits import Units


class Score(NamedTuple):
    """What is known of a score without importing its class.

    Attributes:
        metric: the name of the class in `seqtasks.metrics`.
        higher_is_better: as the class says.
    """

    metric: str
    higher_is_better: bool | None

    @property
    def kind(self) -> Any:
        """The class, a `seqtasks.metrics.TextMetric`."""
        return getattr(metrics, self.metric)


SCORES = {
    "bleu": Score("CorpusBLEU", True),
    "chrf": Score("CorpusCHRF", True),
    "ter": Score("CorpusTER", False),
    "exact_match": Score("ExactMatch", True),
    "accuracy": Score("ExactMatch", True),
    "sequence_error_rate": Score("SequenceErrorRate", False),
    "symbol_error_rate": Score("SymbolErrorRate", False),
    "length_ratio": Score("LengthRatio", None),
}
"""By name."""


class TextScores:
    """The scores of a task that writes texts.

    Args:
        names: the scores in the order in which they are shown, names in `SCORES`.
        monitor: the score that picks the best checkpoint, or ``loss``.
        units: cuts a text into the symbols that errors and lengths are counted in.
        shown_as: for some of ``names`` the words that tables show in their place.

    Attributes:
        monitor: the monitored score's name as it is logged.
        mode: ``min`` or ``max``, whichever is better.

    Raises:
        UsageError: there is no such score, none at all, or ``monitor`` is not among ``names`` or is
            a score of which neither high nor low values are better.

    >>> scores = TextScores(["bleu", "length_ratio"], "bleu", str.split)
    >>> scores.monitor, scores.mode, list(scores.metrics())
    ('val/bleu', 'max', ['bleu', 'length_ratio'])
    """

    def __init__(
        self,
        names: Sequence[str],
        monitor: str,
        units: Units,
        shown_as: Mapping[str, str] | None = None,
    ) -> None:
        unknown = [name for name in names if name not in SCORES]
        if unknown or not names:
            near = nearest(str(unknown[0]), SCORES) if unknown else ""
            said = f"choose from {', '.join(SCORES)}, not {list(names)}.{near}"
            raise UsageError(said, option="scores")
        self.names, self.units, self.shown_as = list(names), units, dict(shown_as or {})
        if strange := [name for name in self.shown_as if name not in names]:
            raise UsageError(
                f"'{strange[0]}' is none of the scores; choose from {', '.join(names)}.",
                option="score_names",
            )
        ranked = {name: SCORES[name].higher_is_better for name in names}
        better = {"loss": False, **{name: b for name, b in ranked.items() if b is not None}}
        if monitor not in better:
            raise UsageError(
                f"'{monitor}' cannot pick the best; choose one of {', '.join(better)}, or name it "
                f"in scores as well.{nearest(monitor, better)}",
                option="monitor",
            )
        self.monitor, self.mode = f"val/{monitor}", "max" if better[monitor] else "min"

    def make(self, name: str, **options: Any) -> TextMetric:
        """A fresh metric by its name."""
        if SCORES[name].metric in ("SymbolErrorRate", "LengthRatio"):
            options["units"] = self.units
        found: TextMetric = SCORES[name].kind(**options)
        return found

    def metrics(self) -> dict[str, Metric]:
        """A fresh metric for each name."""
        return {name: self.make(name) for name in self.names}

    def worst(self) -> WorstTexts:
        """Keeps the worst texts by the first score that is graded, else by the first of all."""
        usable = [name for name in self.names if SCORES[name].higher_is_better is not None]
        graded = [name for name in usable if SCORES[name].kind.graded]
        chosen = [*graded, *usable, "exact_match"][0]
        options = SCORES[chosen].kind.for_one_text
        return metrics.WorstTexts(self.make(chosen, sync_on_compute=False, **options))


def update(
    scores: Mapping[str, Any],
    sources: Sequence[str],
    texts: Sequence[str],
    references: Sequence[Sequence[str]],
) -> None:
    """Add a batch of texts to those metrics of a split that take texts."""
    for metric in scores.values():
        if isinstance(metric, metrics.WorstTexts):
            metric.update(sources, texts, references)
        elif isinstance(metric, metrics.TextMetric):
            metric.update(texts, references)


def signatures(scores: Mapping[str, Any]) -> dict[str, str]:
    """The signatures of those metrics that have one, by name."""
    found = {name: getattr(metric, "signature", None) for name, metric in scores.items()}
    return {name: signature for name, signature in found.items() if signature}
