"""Metrics that torchmetrics lacks or counts in another way than the tools people compare with."""

from seqtasks.metrics.bleu import CorpusBLEU
from seqtasks.metrics.chrf import CorpusCHRF
from seqtasks.metrics.exact import ExactMatch
from seqtasks.metrics.nats import BitsPerCharacter, MeanLoss, Perplexity
from seqtasks.metrics.spans import SpanF1, is_span_scheme, precision_recall_f1, span_counts, spans

__all__ = [
    "BitsPerCharacter",
    "CorpusBLEU",
    "CorpusCHRF",
    "ExactMatch",
    "MeanLoss",
    "Perplexity",
    "SpanF1",
    "is_span_scheme",
    "precision_recall_f1",
    "span_counts",
    "spans",
]
