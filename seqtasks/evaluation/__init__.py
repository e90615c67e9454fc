"""Scores of a saved model on any data, their intervals, and comparisons of two models."""

from seqtasks.evaluation.adaptation import Adaptation, adapting, asked
from seqtasks.evaluation.adapted import adapted
from seqtasks.evaluation.bootstrap import Interval, Sums, compare_scores, interval
from seqtasks.evaluation.results import results
from seqtasks.evaluation.scoring import Evaluation, contributions, evaluate
from seqtasks.evaluation.split import Split, read_split
from seqtasks.evaluation.tuning import tuned

__all__ = [
    "Adaptation",
    "Evaluation",
    "Interval",
    "Split",
    "Sums",
    "adapted",
    "adapting",
    "asked",
    "compare_scores",
    "contributions",
    "evaluate",
    "interval",
    "read_split",
    "results",
    "tuned",
]
