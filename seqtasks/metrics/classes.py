"""Precision, recall and F1 of each class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from seqtasks.metrics.spans import precision_recall_f1

WHOLE, PAIRS = 100, 20
"""Classes of which the whole confusion matrix is told, and pairs that are told of any."""

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


def occurring(
    labels: Sequence[str], unseen: Sequence[str], expected: Tensor
) -> tuple[list[str], list[int]]:
    """The classes to speak of, with their numbers: all known ones, and the others that occur.

    Args:
        labels: the classes that training shows.
        unseen: those that it never shows, with the numbers behind the others.
        expected: (classes,) how often each is right.

    >>> from torch import tensor
    >>> occurring(["a", "b"], ["c", "d"], tensor([0, 3, 0, 1]))
    (['a', 'b', 'd'], [0, 1, 3])
    """
    counts = expected.tolist()
    kept = [n for n, count in enumerate(counts) if n < len(labels) or count]
    names = [*labels, *unseen]
    return [names[number] for number in kept], kept


def confusion_report(
    labels: Sequence[str],
    confusion: Tensor,
    unseen: Sequence[str] = (),
    order: Callable[[str], Any] | None = None,
) -> dict[str, Any]:
    """A confusion matrix as JSON takes it, with the scores of each class.

    Args:
        labels: the classes.
        confusion: (classes, classes) int64; rows are what is right, columns what is predicted.
        unseen: classes behind the others, which training never shows; those that do not occur are
            left out.
        order: what the classes are sorted by, from their labels; None leaves them in theirs.

    Returns:
        The ``labels`` of the classes; the ``confusion`` if they are `WHOLE` at most; the pairs that
        are ``confused`` most often, as ``right``, ``predicted`` and ``count``; and the ``classes``.
    """
    labels, kept = occurring(labels, unseen, confusion.sum(1))
    if order is not None:
        pairs = sorted(zip(labels, kept, strict=True), key=lambda pair: order(pair[0]))
        labels, kept = [label for label, _ in pairs], [number for _, number in pairs]
    confusion = confusion[kept][:, kept]
    scores = class_scores(labels, confusion.diagonal(), confusion.sum(0), confusion.sum(1))
    whole = {"confusion": confusion.tolist()} if len(labels) <= WHOLE else {}
    return {"labels": labels, **whole, "confused": confused(labels, confusion), "classes": scores}


def confused(labels: Sequence[str], confusion: Tensor) -> list[dict[str, Any]]:
    """The pairs of classes that are confused most often, the most frequent first.

    The confusion is (classes, classes), as in `confusion_report`.

    >>> from torch import tensor
    >>> confused(["a", "b"], tensor([[1, 2], [0, 3]]))
    [{'right': 'a', 'predicted': 'b', 'count': 2}]
    """
    wrong = confusion.clone()
    wrong.fill_diagonal_(0)
    counts, places = wrong.flatten().sort(descending=True, stable=True)
    found = zip(counts.tolist()[:PAIRS], places.tolist()[:PAIRS], strict=True)
    size = len(labels)
    return [
        {"right": labels[place // size], "predicted": labels[place % size], "count": count}
        for count, place in found
        if count
    ]
