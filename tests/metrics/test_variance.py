"""The explained share of a variance."""

from __future__ import annotations

import math

import pytest
import torch

from seqtasks.metrics.variance import ExplainedShare


def test_the_explained_share_keeps_its_digits_far_from_zero():
    torch.manual_seed(0)
    targets = (torch.randn(40) + 4096).round(decimals=2)
    guesses = targets + torch.randn(40) / 4
    metric = ExplainedShare(4096.0)
    for part in (slice(0, 7), slice(7, 40)):
        metric.update(guesses[part], targets[part])
    one, two = targets.double().numpy(), guesses.double().numpy()
    expected = 1 - ((one - two) ** 2).sum() / ((one - one.mean()) ** 2).sum()
    assert metric.compute().item() == pytest.approx(expected, abs=1e-9)
    constant = ExplainedShare()
    constant.update(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 3.0]))
    assert math.isnan(constant.compute())
