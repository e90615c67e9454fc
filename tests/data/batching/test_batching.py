from __future__ import annotations

import itertools

import numpy as np
import pytest

from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import TokenField
from seqtasks.data.record import Record
from seqtasks.errors import UsageError


def dataset(texts, **options):
    field = TokenField(**options)
    field.name = "tokens"
    records = [Record({"tokens": text}, "f", n) for n, text in enumerate(texts, 1)]
    field.fit(records)
    return SequenceDataset.of({"tokens": field}, records)


def words(count, seed=0):
    random = np.random.default_rng(seed)
    return [
        " ".join(random.choice(list("abcd"), size=random.integers(1, 40))) for _ in range(count)
    ]


def test_buckets_serve_every_example_once_and_keep_their_limits():
    data = dataset(words(200))
    lengths = data.encoded["tokens"].lengths
    for options in ({"batch_size": 7}, {"batch_size": None, "batch_tokens": 120}):
        loader = Buckets(**options).loader(data, training=True)
        assert sorted(itertools.chain(*loader.sampler.batches)) == list(range(200))
        for indices in loader.sampler.batches:
            if options.get("batch_size"):
                assert len(indices) <= 7
            else:
                assert len(indices) * lengths[indices].max() <= 120


def test_buckets_hold_similar_lengths():
    data = dataset(words(500))
    real = padded = 0
    for batch in Buckets(16).loader(data, training=True):
        real += int(batch.lengths.sum())
        padded += batch.tokens.numel()
    assert 1 - real / padded < 0.05


def test_the_order_follows_from_seed_and_epoch():
    def order(seed, epoch):
        sampler = Buckets(8).loader(dataset(words(60)), training=True, seed=seed).sampler
        sampler.set_epoch(epoch)
        return list(sampler.batches)

    assert order(1, 3) == order(1, 3)
    assert order(1, 3) != order(1, 4)
    assert order(1, 3) != order(2, 3)


def test_one_sentence_longer_than_the_budget_is_a_batch_of_its_own():
    data = dataset(["a b", "b " * 500, "a"])
    loader = Buckets(None, 20).loader(data, training=False)
    assert sorted(map(len, loader.sampler.batches)) == [1, 2]


@pytest.mark.parametrize("options", [(None, None), (0, None), (None, -3)])
def test_impossible_limits_are_refused(options):
    with pytest.raises(UsageError, match="batch_size: give this or batch_tokens"):
        Buckets(*options)
