"""Metrics that torchmetrics lacks or counts in another way than the tools people compare with."""

from seqtasks.metrics.bleu import CorpusBLEU
from seqtasks.metrics.chrf import CorpusCHRF
from seqtasks.metrics.edits import LengthRatio, SymbolErrorRate, edit_distance
from seqtasks.metrics.exact import ExactMatch, WordErrorRate
from seqtasks.metrics.nats import BitsPerCharacter, MeanLoss, Perplexity
from seqtasks.metrics.spans import SpanF1, is_span_scheme, precision_recall_f1, span_counts, spans
from seqtasks.metrics.ter import CorpusTER
from seqtasks.metrics.worst import WorstTexts

__all__ = [
    "BitsPerCharacter",
    "CorpusBLEU",
    "CorpusCHRF",
    "CorpusTER",
    "ExactMatch",
    "LengthRatio",
    "MeanLoss",
    "Perplexity",
    "SpanF1",
    "SymbolErrorRate",
    "WordErrorRate",
    "WorstTexts",
    "edit_distance",
    "is_span_scheme",
    "precision_recall_f1",
    "span_counts",
    "spans",
]
