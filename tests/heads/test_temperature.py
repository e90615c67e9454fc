"""The temperature and the thresholds that a classifier is calibrated with."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.heads.calibration import (
    LIMIT,
    fit_temperature,
    temperature_derivatives,
    tune_thresholds,
)
from seqtasks.heads.multi_label import MultiLabelClassification


def encoder():
    return RecurrentEncoder(3, 4)


def temperature(logits, targets):
    return fit_temperature(lambda by: temperature_derivatives(logits, targets, by))


@pytest.mark.parametrize("labels", [10, 10_000, 50_000])
@pytest.mark.parametrize("peak", [2.0, 6.5, 7.6])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_the_temperature_is_found_beside_many_labels(labels, peak, noise):
    """Between all labels alike and one label alone there is little to tell where the minimum is."""
    generator = torch.Generator().manual_seed(0)
    logits = noise * torch.randn(20, labels, generator=generator)
    logits[:, 0] = peak
    targets = torch.arange(20) % 2
    at = temperature(logits, targets)
    [slope, curvature] = temperature_derivatives(logits, targets, 1 / at).tolist()
    assert abs(slope) <= 1e-6 * max(1.0, curvature)


@pytest.mark.parametrize("truth", [0.4, 1.0, 3.0])
def test_the_temperature_makes_the_targets_most_probable(truth):
    torch.manual_seed(0)
    logits = torch.randn(400, 5) * 2
    targets = torch.distributions.Categorical(logits=logits / truth).sample()
    fitted = temperature(logits, targets)
    assert fitted == pytest.approx(truth, rel=0.2)

    def nats(by):
        return torch.nn.functional.cross_entropy(logits.double() / by, targets).item()

    grid = np.geomspace(1 / LIMIT, LIMIT, 999)
    assert nats(fitted) <= min(map(nats, grid)) + 1e-12
    assert nats(fitted) < min(nats(fitted * 0.999), nats(fitted * 1.001))


def test_the_temperature_is_bounded_where_no_error_or_no_success_bounds_it():
    logits = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    assert temperature(logits, torch.tensor([0, 1])) == pytest.approx(1 / LIMIT)
    assert temperature(logits, torch.tensor([1, 0])) == pytest.approx(LIMIT)
    assert temperature(logits[:0], torch.zeros(0).long()) == 1


def test_thresholds_have_the_best_f1_among_all():
    torch.manual_seed(0)
    probabilities = (torch.rand(40, 6) * 12).round() / 12  # with ties
    targets = (torch.rand(40, 6) < probabilities).long()
    targets[:, 5] = 0

    def f1(threshold, label):
        taken = probabilities[:, label].double() >= threshold
        right = targets[:, label].bool()
        return float(2 * (taken & right).sum() / (taken.sum() + right.sum()))

    thresholds = tune_thresholds(probabilities, targets)
    for label in range(5):
        best = max(f1(step / 48, label) for step in range(1, 49))
        assert f1(float(thresholds[label]), label) == pytest.approx(best)
    assert thresholds[5] == 0.5


def test_a_threshold_above_one_is_refused():
    with pytest.raises(UsageError, match=r"not 1\.5"):
        MultiLabelClassification(encoder(), Vocabulary(["a", "b"]), threshold=1.5)
