"""Scores of a saved model on any data, how sure they are, and how two models compare."""

from seqtasks.evaluation.bootstrap import Interval, Sums, compare, interval
from seqtasks.evaluation.results import results
from seqtasks.evaluation.scoring import Evaluation, contributions, evaluate
from seqtasks.evaluation.split import Split, read_split

__all__ = [
    "Evaluation",
    "Interval",
    "Split",
    "Sums",
    "compare",
    "contributions",
    "evaluate",
    "interval",
    "read_split",
    "results",
]
