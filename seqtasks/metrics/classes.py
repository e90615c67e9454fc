"""Precision, recall and F1 of each class."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from seqtasks.metrics.spans import precision_recall_f1

ClassScores = dict[str, dict[str, float | int]]


def class_scores(
    labels: Sequence[str], hits: Tensor, predicted: Tensor, expected: Tensor
) -> ClassScores:
    """The scores of each class, by its label.

    Args:
        labels: the classes.
        hits: (classes,) how often each class is rightly predicted.
        predicted: (classes,) how often each is predicted.
        expected: (classes,) how often each is right.

    Returns:
        Label → ``precision``, ``recall`` and ``f1`` from 0 to 1, 0 where nothing is predicted or
        expected, and ``examples``, how often the class is right.

    >>> from torch import tensor
    >>> class_scores(["a"], tensor([1]), tensor([2]), tensor([4]))["a"]["precision"]
    0.5
    """
    names = ("precision", "recall", "f1", "examples")
    rows = zip(labels, hits.tolist(), predicted.tolist(), expected.tolist(), strict=True)
    return {
        label: dict(zip(names, (*precision_recall_f1(*counts), counts[-1]), strict=True))
        for label, *counts in rows
    }


def confusion_report(labels: Sequence[str], confusion: Tensor) -> dict[str, object]:
    """A confusion matrix as JSON takes it, with the scores of each class.

    Args:
        labels: the classes.
        confusion: (classes, classes) int64; rows are what is right, columns what is predicted.
    """
    scores = class_scores(labels, confusion.diagonal(), confusion.sum(0), confusion.sum(1))
    return {"labels": list(labels), "confusion": confusion.tolist(), "classes": scores}
