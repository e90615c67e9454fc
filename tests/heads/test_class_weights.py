"""Weights of classes: what they count as, and which are refused."""

from __future__ import annotations

import pytest
import torch

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.heads.classification import PooledClassification


def encoder():
    return RecurrentEncoder(3, 4)


def test_a_weight_counts_as_copies_of_its_examples():
    torch.manual_seed(0)
    labels = Vocabulary(["a", "b", "c"])
    logits, targets = torch.randn(8, 3), torch.tensor([0, 0, 1, 2, 0, 2, 1, 0])
    for smoothing in (0.0, 0.2):
        weighted = PooledClassification(
            encoder(), labels, label_smoothing=smoothing, class_weights={"b": 3, "c": 2}
        )
        plain = PooledClassification(encoder(), labels, label_smoothing=smoothing)
        copies = torch.tensor([1, 3, 2])[targets]
        many = plain.loss(logits.repeat_interleave(copies, 0), targets.repeat_interleave(copies))
        loss = weighted.loss(logits, targets)
        torch.testing.assert_close(loss.mean * 8, many.mean * copies.sum())
        torch.testing.assert_close(loss.total, plain.loss(logits, targets).total)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ("balnced", "Did you mean 'balanced'"),
        ({"z": 2.0}, "no label 'z'"),
        ({7: 2.0}, "no label '7'"),
        ({"a": -1.0}, "expected 0 or more"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(weights, said):
    with pytest.raises(UsageError, match=said):
        PooledClassification(encoder(), Vocabulary(["a", "b"]), class_weights=weights)
