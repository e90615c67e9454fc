"""Batches from arrays against the same from lists, one example at a time."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest

from seqtasks.data.batching.batches import boundaries
from seqtasks.data.batching.buckets import Buckets, draw_balanced
from seqtasks.data.batching.by_length import by_length
from seqtasks.data.fields import LabelField, TokenField
from seqtasks.data.store.ragged import Ragged


class Lengths:
    """A data set of which the lengths and the labels alone are known."""

    def __init__(self, *sizes, classes=None):
        self.fields = {str(number): TokenField() for number in range(len(sizes))}
        self.encoded = {str(number): size for number, size in enumerate(sizes)}
        self.count = len(sizes[0]) if sizes else 0
        if classes is not None:
            self.fields["label"], self.encoded["label"] = LabelField(), classes

    def __len__(self):
        return self.count

    def sizes(self):
        return [size for name, size in self.encoded.items() if name != "label"]


def listed_cut(order, sizes, batch_size, batch_tokens):
    """Consecutive batches within both limits."""
    batches, batch, longest = [], [], 0
    for index in order.tolist():
        size = int(sizes[index])
        count = len(batch) + 1
        full = batch_size is not None and count > batch_size
        heavy = batch_tokens is not None and count * max(longest, size) > batch_tokens
        if batch and (full or heavy):
            batches.append(batch)
            batch, longest = [], 0
        batch.append(index)
        longest = max(longest, size)
    return [*batches, batch] if batch else batches


def listed_balance(classes, random):
    names = np.unique(classes)
    quotas = np.full(len(names), len(classes) // max(len(names), 1))
    quotas[random.permutation(len(names))[: len(classes) - quotas.sum()]] += 1
    drawn = [np.zeros(0, np.int64)]
    for name, quota in zip(names, quotas, strict=True):
        members = np.flatnonzero(classes == name)
        rounds = -(-quota // len(members))
        drawn.append(np.concatenate([random.permutation(members) for _ in range(rounds)])[:quota])
    return random.permutation(np.concatenate(drawn))


def listed_epoch(sizes, limits, epoch, training, classes=None, seed=3):
    sizes = np.array(sizes)
    random = np.random.default_rng([seed, epoch])
    count = sizes.shape[1]
    order = random.permutation(count) if training else np.arange(count)
    if classes is not None and training:
        order = listed_balance(classes, random)
    order = order[np.lexsort(sizes[::-1, order])]
    batches = listed_cut(order, sizes.max(axis=0), *limits)
    if not training:
        return batches
    return [batches[number] for number in random.permutation(len(batches))]


LIMITS = [(7, None), (None, 60), (5, 60), (1, None), (None, 1), (1000, 100_000)]


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize(("fields", "most"), [(1, 4), (2, 30), (3, 9), (1, 70_000)])
@pytest.mark.parametrize("count", [1, 40, 700])
def test_epochs_are_those_of_lists(limits, fields, most, count):
    draw = np.random.default_rng(count)
    sizes = [draw.integers(0, most, count) for _ in range(fields)]
    for training in (True, False):
        loader = Buckets(*limits).loader(Lengths(*sizes), training=training, seed=3)
        for epoch in (0, 2):
            expected = listed_epoch(sizes, limits, epoch, training)
            loader.sampler.set_epoch(epoch)
            assert list(loader.sampler) == expected
            assert len(loader) == len(expected)


@pytest.mark.parametrize(("count", "names"), [(1, 1), (300, 2), (300, 40), (70_000, 300)])
def test_balanced_orders_are_those_of_lists(count, names):
    classes = np.random.default_rng(1).integers(0, names, count)
    for seed, dtype in itertools.product((0, 1), (np.int32, np.uint16)):
        found = draw_balanced(classes.astype(dtype), np.random.default_rng(seed))
        assert found.tolist() == listed_balance(classes, np.random.default_rng(seed)).tolist()
    data = Lengths(np.arange(count) % 9, classes=classes.astype(np.uint16))
    loader = Buckets(64, balance="label").loader(data, training=True, seed=3)
    expected = listed_epoch([np.arange(count) % 9], (64, None), 0, True, classes)
    assert list(loader.sampler) == expected


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_batches_by_length_are_in_order(size):
    lengths = np.random.default_rng(0).integers(0, 20, 500)
    order = sorted(range(500), key=lambda index: lengths[index])
    expected = [order[start : start + size] for start in range(0, 500, size)]
    assert list(by_length(Lengths(lengths, lengths[::-1]), size)) == expected


def test_a_permutation_of_numbers_in_a_small_type_is_the_same():
    for count, dtype in ((1, np.uint8), (200, np.uint8), (60_000, np.uint16), (70_000, np.uint32)):
        one, other = np.random.default_rng([1, count]), np.random.default_rng([1, count])
        small = one.permutation(np.arange(count, dtype=dtype))
        assert np.array_equal(small, other.permutation(count))
        assert one.random() == other.random()


def test_an_epoch_is_laid_out_in_little_memory():
    count = 400_000
    lengths = np.random.default_rng(0).integers(1, 60, count)
    data = Lengths(lengths.astype(np.uint8), classes=np.arange(count) % 3)
    tracemalloc.start()
    try:
        for options in ({"batch_size": 32}, {"batch_size": None, "batch_tokens": 1000}):
            sampler = Buckets(**options).loader(data, training=True).sampler
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            sampler.set_epoch(1)
            assert tracemalloc.get_traced_memory()[1] - before < 24 * count
    finally:
        tracemalloc.stop()


def test_boundaries_of_nothing():
    assert boundaries(np.array([], np.uint8), 4, None).tolist() == [0]


def test_runs_go_on_over_blocks_of_examples(monkeypatch):
    monkeypatch.setattr("seqtasks.data.batching.batches.BLOCK", 3)
    draw = np.random.default_rng(0)
    for limits, most in itertools.product(LIMITS, (2, 4, 30)):
        longest = draw.integers(0, most, 100)
        for sizes in (longest, np.sort(longest)):
            bounds = boundaries(sizes, *limits).tolist()
            found = [list(range(*pair)) for pair in itertools.pairwise(bounds)]
            assert found == listed_cut(np.arange(100), sizes, *limits)


def test_offsets_may_be_of_a_mapped_file(tmp_path):
    np.save(tmp_path / "offsets.npy", np.array([0, 3, 4, 9]))
    ragged = Ragged(np.arange(9), np.load(tmp_path / "offsets.npy", mmap_mode="r"))
    loader = Buckets(2).loader(Lengths(ragged.lengths), training=False)
    assert list(loader.sampler) == [[1, 0], [2]]
