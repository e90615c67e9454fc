"""What is fitted to the validation data when the network is trained: temperature, thresholds."""

from __future__ import annotations

import math

import torch
from torch import Tensor

LIMIT = 20.0
"""Temperatures lie between 1 / LIMIT and LIMIT, also where no error bounds them."""


def fit_temperature(logits: Tensor, targets: Tensor) -> float:
    """The temperature at which the targets are most probable (Guo et al. 2017, section 4.2).

    The nats are convex in 1 / temperature, so their slope is brought to 0 by bisection.

    Args:
        logits: (examples, labels).
        targets: (examples,) int64.

    Returns:
        T in [1 / LIMIT, LIMIT]; logits / T give the calibrated probabilities. 1 without examples.

    >>> logits = torch.tensor([[4.0, 0.0]] * 4)
    >>> temperature = fit_temperature(logits, torch.tensor([0, 0, 0, 1]))
    >>> round((logits[0] / temperature).softmax(0)[0].item(), 4)  # three in four are right
    0.75
    """
    if not len(targets):
        return 1.0
    logits = logits.double()
    right = logits.gather(1, targets.unsqueeze(1)).sum()
    low, high = -math.log(LIMIT), math.log(LIMIT)  # of log(1 / temperature)
    for _ in range(50):
        middle = (low + high) / 2
        expected = ((logits * math.exp(middle)).softmax(dim=1) * logits).sum()
        if expected < right:
            low = middle
        else:
            high = middle
    return math.exp(-(low + high) / 2)


def tune_thresholds(probabilities: Tensor, targets: Tensor) -> Tensor:
    """For each label the threshold with the best F1; 0.5 for one that never occurs.

    A label is taken where its probability reaches the threshold. Thresholds lie midway between
    neighbouring probabilities; of equally good ones the highest is taken.

    Args:
        probabilities: (examples, labels).
        targets: (examples, labels), 1 where an example has a label.

    Returns:
        (labels,) float64 in (0, 1].

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
