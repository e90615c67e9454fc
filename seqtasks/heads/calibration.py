"""What is fitted to the validation data after training: temperature, thresholds, a penalty."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

LIMIT = 20.0
"""Temperatures lie between 1 / LIMIT and LIMIT, even if the data has no error to bound them."""

PASSES, USUAL_PASSES = 100, 6
"""Passes over the data to fit a temperature: the most, and the usual number."""

PENALTIES = tuple(step / 5 for step in range(-3, 13))
"""Nats taken off the score of ``O``, the label outside all spans, that `best_penalty` tries."""

WORTH, COST = 0.005, 0.01
"""The F1 that a penalty has to gain, and the accuracy that it may cost."""


def fit_temperature(derivatives: Callable[[float], Tensor]) -> float:
    """The temperature at which the targets are most probable (Guo et al. 2017, section 4.2).

    The nats are convex in 1 / temperature, and Newton's method finds their minimum. The sign of the
    first derivative bounds it. A step that would leave the bounds, or that is more than half as
    long as the step before, goes to the geometric mean of the bounds instead.

    Args:
        derivatives: from 1 / temperature to the first two derivatives of the nats, (2,), as
            `temperature_derivatives` gives them for logits, or a sum of such.

    Returns:
        T in [1 / LIMIT, LIMIT], by which logits are divided; 1 where T makes no difference.

    >>> logits, targets = torch.tensor([[4.0, 0.0]] * 4), torch.tensor([0, 0, 0, 1])
    >>> temperature = fit_temperature(lambda by: temperature_derivatives(logits, targets, by))
    >>> round((logits[0] / temperature).softmax(0)[0].item(), 4)  # three in four are right
    0.75
    """
    low, high, inverse, last = 1 / LIMIT, LIMIT, 1.0, math.inf
    for _ in range(PASSES):
        slope, curvature = derivatives(inverse).tolist()
        if slope == 0:
            break
        low, high = (inverse, high) if slope < 0 else (low, inverse)
        step = -slope / curvature if curvature > 0 else math.inf
        if not low <= inverse + step <= high or abs(step) > last / 2:
            step = math.sqrt(low * high) - inverse
        inverse, last = inverse + step, abs(step)
        if last <= 1e-7 * inverse:
            break
    return 1 / inverse


def temperature_derivatives(logits: Tensor, targets: Tensor, inverse: float) -> Tensor:
    """The first two derivatives of the nats with respect to 1 / temperature.

    With p the softmax of the logits divided by the temperature: how much the mean logit under p
    exceeds the target's, and the logits' variance under p, both summed.

    Logits are (examples, labels) and targets (examples,) int64, the derivatives (2,) float64.

    >>> temperature_derivatives(torch.tensor([[1.0, -1.0]]), torch.tensor([0]), 0.0).tolist()
    [-1.0, 1.0]
    """
    logits = logits.double()
    shares = (logits * inverse).softmax(dim=1)
    mean = (shares * logits).sum(dim=1, keepdim=True)
    variance = (shares * (logits - mean).square()).sum()
    return torch.stack([(mean - logits.gather(1, targets.unsqueeze(1))).sum(), variance])


def tune_thresholds(probabilities: Tensor, targets: Tensor) -> Tensor:
    """For each label the threshold with the best F1; 0.5 for one that never occurs.

    A label is taken where its probability reaches the threshold. Thresholds lie midway between
    neighbouring probabilities; of equally good ones the highest is taken.

    Both arguments are (examples, labels), targets 1 where an example has a label; the thresholds
    are (labels,) float64 in (0, 1].

    >>> tune_thresholds(torch.tensor([[0.1], [0.4], [0.2]]), torch.tensor([[0], [1], [1]]))
    tensor([0.1500], dtype=torch.float64)
    """
    thresholds = torch.full((probabilities.size(1),), 0.5, dtype=torch.float64)
    for label, (column, truth) in enumerate(zip(probabilities.T, targets.T, strict=True)):
        if not truth.any():
            continue
        values, order = column.double().sort(descending=True)
        below = torch.cat([values[1:], values.new_zeros(1)])
        taken = torch.arange(1, len(values) + 1)
        hits = truth[order].double().cumsum(0)
        f1 = 2 * hits / (taken + truth.sum())
        f1[values == below] = -1.0  # equal probabilities are taken together
        best = int(f1.argmax())
        thresholds[label] = (values[best] + below[best]) / 2
    return thresholds


def best_penalty(scores: Sequence[float], accuracies: Sequence[float]) -> float:
    """The penalty with the greatest mean of its score and those of its two neighbours, or 0.

    A single score of few spans goes up and down by chance, and the mean evens this out. The least
    and the greatest penalty have one neighbour only and are never chosen. Among equals the one
    nearest to 0 is chosen. A penalty has to be worth it: its mean exceeds that of 0 by at least
    `WORTH`. A tagger that knows next to nothing gains F1 by labelling every word as a span, so a
    penalty whose mean accuracy is lower than that of 0 by more than `COST` is not chosen.

    Args:
        scores: for each of `PENALTIES` a score from 0 to 1, the higher the better.
        accuracies: for each, the share of right labels.

    >>> accuracies = [0.9] * len(PENALTIES)
    >>> best_penalty([0.4 - abs(penalty - 0.8) for penalty in PENALTIES], accuracies)
    0.8
    >>> best_penalty([1.0] * len(PENALTIES), accuracies)
    0.0
    """
    score, accuracy = evened(scores), evened(accuracies)
    taken = [
        (round(score[penalty], 9), -abs(penalty), penalty)
        for penalty in score
        if score[penalty] >= score[0.0] + WORTH and accuracy[penalty] >= accuracy[0.0] - COST
    ]
    return max(taken)[2] if taken else 0.0


def evened(shares: Sequence[float]) -> dict[float, float]:
    """For each of `PENALTIES` with two neighbours, the mean of its share and of theirs."""
    threes = zip(shares, shares[1:], shares[2:], strict=False)
    return {penalty: sum(three) / 3 for penalty, three in zip(PENALTIES[1:-1], threes, strict=True)}
