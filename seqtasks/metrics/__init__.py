"""Every metric in use: torchmetrics' own, and those that torchmetrics lacks or counts differently.

Each name is imported when it is first used: importing torchmetrics takes seconds, and no prediction
needs it.
"""

# ruff: noqa: F401
from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torchmetrics import MeanMetric
    from torchmetrics.classification import (
        MulticlassCalibrationError,
        MulticlassConfusionMatrix,
        MulticlassF1Score,
        MultilabelExactMatch,
        MultilabelF1Score,
        MultilabelStatScores,
    )
    from torchmetrics.regression import MeanAbsoluteError, MeanSquaredError

    from seqtasks.metrics.classes import class_scores, confusion_report, occurring
    from seqtasks.metrics.edits import LengthRatio, SymbolErrorRate
    from seqtasks.metrics.exact import ExactMatch, SequenceErrorRate
    from seqtasks.metrics.labels import LabelAccuracy, LabelSetF1, RankError
    from seqtasks.metrics.nats import (
        BitsPerCharacter,
        MeanLoss,
        Perplexity,
        bits_per_character,
        perplexity,
    )
    from seqtasks.metrics.sacre import CorpusBLEU, CorpusCHRF, CorpusTER
    from seqtasks.metrics.spans import SpanF1
    from seqtasks.metrics.tags import SpanCounts, WorstTags, span_report, span_types
    from seqtasks.metrics.text import TextMetric
    from seqtasks.metrics.variance import ExplainedShare
    from seqtasks.metrics.worst import WorstTexts, rows

_NAMES = {
    "seqtasks.metrics.classes": "class_scores confusion_report occurring",
    "seqtasks.metrics.edits": "LengthRatio SymbolErrorRate",
    "seqtasks.metrics.exact": "ExactMatch SequenceErrorRate",
    "seqtasks.metrics.labels": "LabelAccuracy LabelSetF1 RankError",
    "seqtasks.metrics.nats": "BitsPerCharacter MeanLoss Perplexity bits_per_character perplexity",
    "seqtasks.metrics.sacre": "CorpusBLEU CorpusCHRF CorpusTER",
    "seqtasks.metrics.spans": "SpanF1",
    "seqtasks.metrics.tags": "SpanCounts WorstTags span_report span_types",
    "seqtasks.metrics.text": "TextMetric",
    "seqtasks.metrics.variance": "ExplainedShare",
    "seqtasks.metrics.worst": "WorstTexts rows",
    "torchmetrics": "MeanMetric",
    "torchmetrics.regression": "MeanAbsoluteError MeanSquaredError",
    "torchmetrics.classification": "MulticlassCalibrationError MulticlassConfusionMatrix "
    "MulticlassF1Score MultilabelExactMatch MultilabelF1Score MultilabelStatScores",
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """A metric, or a function that computes one."""
    if name not in _MODULES:
        raise AttributeError(f"module 'seqtasks.metrics' has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)
