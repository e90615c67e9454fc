"""Every metric in use: torchmetrics' own, and those that it lacks or counts in another way.

Each is imported when it is first used: torchmetrics takes its time, and no prediction wants it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torchmetrics import MeanMetric, Metric
    from torchmetrics.classification import (
        MulticlassAccuracy,
        MulticlassCalibrationError,
        MulticlassConfusionMatrix,
        MulticlassF1Score,
        MultilabelExactMatch,
        MultilabelF1Score,
        MultilabelStatScores,
    )
    from torchmetrics.regression import MeanAbsoluteError, MeanSquaredError

    from seqtasks.metrics.bleu import CorpusBLEU
    from seqtasks.metrics.chrf import CorpusCHRF
    from seqtasks.metrics.classes import class_scores, confusion_report
    from seqtasks.metrics.edits import LengthRatio, SymbolErrorRate, edit_distance
    from seqtasks.metrics.exact import ExactMatch, SequenceErrorRate
    from seqtasks.metrics.nats import (
        BitsPerCharacter,
        MeanLoss,
        Perplexity,
        bits_per_character,
        perplexity,
    )
    from seqtasks.metrics.spans import (
        SpanF1,
        is_span_scheme,
        precision_recall_f1,
        span_counts,
    )
    from seqtasks.metrics.ter import CorpusTER
    from seqtasks.metrics.text import TextMetric
    from seqtasks.metrics.variance import ExplainedShare
    from seqtasks.metrics.worst import WorstTexts, rows

__all__ = [
    "BitsPerCharacter",
    "CorpusBLEU",
    "CorpusCHRF",
    "CorpusTER",
    "ExactMatch",
    "ExplainedShare",
    "LengthRatio",
    "MeanAbsoluteError",
    "MeanLoss",
    "MeanMetric",
    "MeanSquaredError",
    "Metric",
    "MulticlassAccuracy",
    "MulticlassCalibrationError",
    "MulticlassConfusionMatrix",
    "MulticlassF1Score",
    "MultilabelExactMatch",
    "MultilabelF1Score",
    "MultilabelStatScores",
    "Perplexity",
    "SequenceErrorRate",
    "SpanF1",
    "SymbolErrorRate",
    "TextMetric",
    "WorstTexts",
    "bits_per_character",
    "class_scores",
    "confusion_report",
    "edit_distance",
    "is_span_scheme",
    "perplexity",
    "precision_recall_f1",
    "rows",
    "span_counts",
]

_PLACES = {
    "BitsPerCharacter": "seqtasks.metrics.nats",
    "CorpusBLEU": "seqtasks.metrics.bleu",
    "CorpusCHRF": "seqtasks.metrics.chrf",
    "CorpusTER": "seqtasks.metrics.ter",
    "ExactMatch": "seqtasks.metrics.exact",
    "ExplainedShare": "seqtasks.metrics.variance",
    "LengthRatio": "seqtasks.metrics.edits",
    "MeanAbsoluteError": "torchmetrics.regression",
    "MeanLoss": "seqtasks.metrics.nats",
    "MeanMetric": "torchmetrics",
    "MeanSquaredError": "torchmetrics.regression",
    "Metric": "torchmetrics",
    "MulticlassAccuracy": "torchmetrics.classification",
    "MulticlassCalibrationError": "torchmetrics.classification",
    "MulticlassConfusionMatrix": "torchmetrics.classification",
    "MulticlassF1Score": "torchmetrics.classification",
    "MultilabelExactMatch": "torchmetrics.classification",
    "MultilabelF1Score": "torchmetrics.classification",
    "MultilabelStatScores": "torchmetrics.classification",
    "Perplexity": "seqtasks.metrics.nats",
    "SpanF1": "seqtasks.metrics.spans",
    "SymbolErrorRate": "seqtasks.metrics.edits",
    "TextMetric": "seqtasks.metrics.text",
    "SequenceErrorRate": "seqtasks.metrics.exact",
    "WorstTexts": "seqtasks.metrics.worst",
    "bits_per_character": "seqtasks.metrics.nats",
    "class_scores": "seqtasks.metrics.classes",
    "confusion_report": "seqtasks.metrics.classes",
    "edit_distance": "seqtasks.metrics.edits",
    "is_span_scheme": "seqtasks.metrics.spans",
    "perplexity": "seqtasks.metrics.nats",
    "precision_recall_f1": "seqtasks.metrics.spans",
    "rows": "seqtasks.metrics.worst",
    "span_counts": "seqtasks.metrics.spans",
}


def __getattr__(name: str) -> Any:
    """A metric, or a function that one is made of."""
    if name not in _PLACES:
        raise AttributeError(f"module 'seqtasks.metrics' has no attribute {name!r}")
    return getattr(importlib.import_module(_PLACES[name]), name)
