"""Epochs that hold every label equally often."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest

from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import LabelField, TokenField
from seqtasks.data.record import Record
from seqtasks.errors import UsageError


def unbalanced():
    """Of 100 examples, 80 of one label, 17 of another, 3 of a third."""
    draw = random.Random(0)
    fields = {"tokens": TokenField(), "label": LabelField()}
    labels = ["x"] * 80 + ["y"] * 17 + ["z"] * 3
    rows = [
        Record({"tokens": "a b " * draw.randint(1, 9), "label": label}, "f", line)
        for line, label in enumerate(labels, 1)
    ]
    for name, field in fields.items():
        field.name = name
        field.fit(rows)
    return SequenceDataset.of(fields, rows)


def test_balanced_epochs_hold_every_label_equally_often_and_are_as_long_as_ever():
    data = unbalanced()
    sampler = Buckets(8, balance="label").loader(data, training=True, seed=5).sampler
    totals, seen = Counter(), set()
    for epoch in range(30):
        sampler.set_epoch(epoch)
        assert len(sampler) == 13
        drawn = list(itertools.chain(*sampler.batches))
        assert len(drawn) == 100
        counts = Counter("xyz"[data.encoded["label"][index]] for index in drawn)
        assert set(counts.values()) <= {33, 34}
        copies = Counter(drawn)
        for first, last in ((0, 80), (80, 97), (97, 100)):  # none again before all the others
            of_one = [copies[index] for index in range(first, last)]
            assert max(of_one) - min(of_one) <= 1
        totals += counts
        seen |= set(drawn)
    assert seen == set(range(100))
    assert max(totals.values()) - min(totals.values()) < 20
    whole = Buckets(8, balance="label").loader(data, training=False).sampler
    assert sorted(itertools.chain(*whole.batches)) == list(range(100))


def test_balanced_epochs_follow_from_seed_and_epoch():
    data = unbalanced()

    def epoch(number, seed=5):
        loader = Buckets(8, balance="label").loader(data, training=True, seed=seed)
        loader.sampler.set_epoch(number)
        return list(loader.sampler.batches)

    assert epoch(2) == epoch(2)
    assert epoch(2) != epoch(3)
    assert epoch(2) != epoch(2, seed=6)


def test_balanced_sampling_says_what_it_needs():
    with pytest.raises(UsageError, match="Did you mean 'label'"):
        Buckets(8, balance="lable").loader(unbalanced(), training=True)
    with pytest.raises(UsageError, match=r"no field .*have: label"):
        Buckets(8, balance="tokens").loader(unbalanced(), training=True)
    with pytest.raises(UsageError, match="batch_tokens=null"):
        Buckets(8, 100, balance="label")
