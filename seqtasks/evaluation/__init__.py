"""Scores of a saved model on any data, their intervals, and comparisons of two models."""

from seqtasks.evaluation.bootstrap import Interval, Sums, compare_scores, interval
from seqtasks.evaluation.results import results
from seqtasks.evaluation.scoring import Evaluation, contributions, evaluate
from seqtasks.evaluation.split import Split, read_split

__all__ = [
    "Evaluation",
    "Interval",
    "Split",
    "Sums",
    "compare_scores",
    "contributions",
    "evaluate",
    "interval",
    "read_split",
    "results",
]
