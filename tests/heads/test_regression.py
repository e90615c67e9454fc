"""Numbers and ordered labels for whole sequences."""

from __future__ import annotations

import math

import pytest
import torch

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import DataError
from seqtasks.heads.classification import PooledClassification
from seqtasks.heads.multi_label import MultiLabelClassification
from seqtasks.heads.ordinal import OrdinalClassification
from seqtasks.heads.regression import PooledRegression


def encoder():
    return RecurrentEncoder(3, 4)


def test_a_regression_learns_the_same_in_other_units():
    torch.manual_seed(0)
    head = PooledRegression(encoder(), Vocabulary([]))
    logits, targets = torch.randn(50), torch.rand(50) * 9
    head.fit_to_training_data([targets])
    loss, guesses = head.loss(logits, targets), head.predicted(logits)
    head.fit_to_training_data([targets * 1000 - 400])
    other = head.loss(logits, targets * 1000 - 400)
    torch.testing.assert_close(other.total, loss.total, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(head.predicted(logits), guesses * 1000 - 400, rtol=1e-4, atol=1e-2)
    always = head.loss(torch.zeros(50), targets * 1000 - 400)
    assert always.mean.item() == pytest.approx(1, abs=1e-4)
    with pytest.raises(DataError, match="the same number"):
        head.fit_to_training_data([torch.full((4,), 3.0)])


@pytest.mark.parametrize("count", [2, 5])
def test_an_ordinal_head_gives_probabilities_in_the_order_of_its_labels(count):
    torch.manual_seed(0)
    head = OrdinalClassification(encoder(), Vocabulary([str(n) for n in range(count)])).double()
    torch.nn.init.normal_(head.steps, std=3)
    outputs, lengths = torch.randn(30, 4, 4).double() * 8, torch.full((30,), 4)
    logits = head(outputs, lengths)
    assert logits.shape == (30, count - 1)
    table = head.probabilities(logits)
    assert (table >= 0).all()
    torch.testing.assert_close(table.sum(1), torch.ones(30).double())
    # A decision is the median label of the distribution.
    cumulative = table.cumsum(1)
    medians = [next(n for n in range(count) if row[n] >= 0.5) for row in cumulative.tolist()]
    assert head.predicted(logits).tolist() == medians
    targets = torch.randint(count, (30,))
    nats = 0.0
    for row, target in zip(table.tolist(), targets.tolist(), strict=True):
        for cut in range(1, count):
            above = sum(row[cut:])
            nats -= math.log(above if target >= cut else 1 - above)
    assert head.loss(logits, targets).total.item() == pytest.approx(nats, rel=1e-6)


def test_the_constant_answers_are_the_best_ones():
    labels = Vocabulary(["low", "middle", "high"])
    ranks = torch.tensor([0, 2, 2, 1, 0, 1, 0])
    name, guess = OrdinalClassification(encoder(), labels).constant(ranks.split(3))
    errors = [float((ranks - other).abs().sum()) for other in range(3)]
    assert errors[int(guess)] == min(errors)
    assert name == "always 'middle'"
    assert PooledClassification(encoder(), labels).constant(ranks.split(3))[0] == "always 'low'"
    sets = torch.tensor([[0, 1, 0], [1, 1, 0], [0, 1, 1]])
    assert MultiLabelClassification(encoder(), labels).constant(sets.split(2))[1].tolist() == [
        0,
        1,
        0,
    ]
    numbers = torch.tensor([1.0, 2.0, 6.0])
    assert PooledRegression(encoder(), Vocabulary([])).constant(numbers.split(2))[1] == 3
