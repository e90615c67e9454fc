"""However a batch is dealt out to processes and parts, it is the batch of one process."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.batching.deal import Deal
from seqtasks.data.batching.streams import Streams
from seqtasks.data.fields import LabelField, TokenField
from seqtasks.data.store.ragged import Ragged

SHARES = [(1, 1), (2, 1), (4, 1), (1, 2), (1, 3), (2, 3), (3, 2), (4, 5)]
shares = pytest.mark.parametrize(("processes", "parts"), SHARES)


class Lengths:
    """A data set of which the lengths and the labels alone are known."""

    def __init__(self, count: int) -> None:
        draw = np.random.default_rng(count)
        self.lengths = draw.integers(1, 30, count)
        self.fields = {"tokens": TokenField(), "label": LabelField()}
        self.encoded = {"tokens": self.lengths, "label": draw.integers(0, 3, count)}

    def __len__(self) -> int:
        return len(self.lengths)

    def sizes(self):
        return [self.lengths]


OPTIONS = [
    {"batch_size": 1},
    {"batch_size": 8},
    {"batch_size": None, "batch_tokens": 60},
    {"batch_size": 5, "batch_tokens": 100},
    {"batch_size": 8, "balance": "label"},
]


@shares
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("count", [1, 3, 97])
def test_a_batch_is_that_of_one_process_and_one_part(options, processes, parts, training, count):
    data = Lengths(count)
    limits = {
        name: limit and limit * parts
        for name, limit in {"batch_size": 8, **options}.items()
        if name != "balance"
    }
    alone = Buckets(**{**options, **limits}).loader(data, training=training, seed=2).sampler
    deals = [Deal(rank, processes, parts) for rank in range(processes)]
    dealt = [
        Buckets(**options).loader(data, training=training, seed=2, deal=deal) for deal in deals
    ]
    for epoch in (0, 1):
        for sampler in (alone, *(loader.sampler for loader in dealt)):
            sampler.set_epoch(epoch)
        read = [list(loader.sampler) for loader in dealt]
        assert {len(batches) for batches in read} == {len(alone) * parts} == {len(dealt[0])}
        for step, whole in enumerate(alone):
            shared = [b for mine in read for b in mine[step * parts : (step + 1) * parts]]
            counted = [number for batch in shared if batch.counted for number in batch]
            assert sorted(counted) == sorted(whole)
            for batch in shared:
                assert batch
                assert set(batch) <= set(whole)
                assert batch.place == whole.place


@shares
def test_parts_are_consecutive_and_processes_take_turns(processes, parts):
    batch = [*range(50)]
    for part in range(parts):
        mine = [Deal(rank, processes, parts).examples(batch, part) for rank in range(processes)]
        together = sorted(itertools.chain(*mine))
        assert together == [*range(together[0], together[-1] + 1)]
        assert max(map(len, mine)) - min(map(len, mine)) <= 1


def test_a_resumed_epoch_goes_on_where_it_was():
    for part in (0, 3, 4):
        sampler = Buckets(4).loader(Lengths(40), training=True, deal=Deal(1, 2, 3)).sampler
        whole = list(sampler)
        sampler.begin = lambda part=part: part
        assert list(sampler) == whole[part:]


def texts(lengths):
    """A data set of texts whose tokens are all different."""
    sizes = np.array(lengths)
    ragged = Ragged(np.arange(sizes.sum()), np.concatenate([[0], np.cumsum(sizes)]))
    return SimpleNamespace(
        fields={"tokens": TokenField()}, encoded={"tokens": ragged}, text_lengths=sizes
    )


@shares
@pytest.mark.parametrize("vary", [True, False])
@pytest.mark.parametrize("lengths", [[400], [2], [9, 3, 60, 41, 17, 5, 300], [*range(2, 40)]])
def test_rows_are_those_of_one_process_and_one_part(lengths, processes, parts, vary):
    data = texts(lengths)
    alone = Streams(3 * parts, 8, vary_window=vary).loader(data, training=True, seed=4)
    dealt = [
        Streams(3, 8, vary_window=vary).loader(
            data, training=True, seed=4, deal=Deal(rank, processes, parts)
        )
        for rank in range(processes)
    ]
    for loader in (alone, *dealt):
        loader.sampler.set_epoch(3)
    assert {len(loader) for loader in dealt} == {len(alone) * parts}
    read = [list(loader) for loader in dealt]
    for step, whole in enumerate(alone):
        shared = [b for mine in read for b in mine[step * parts : (step + 1) * parts]]
        assert {batch.share for batch in shared} == {whole.share}
        assert {batch.rows for batch in shared} == {len(whole.tokens)}
        assert len({len(batch.tokens) for batch in shared}) == 1
        row = torch.cat([batch.row for batch in shared])
        assert row.sort().values.tolist() == [*range(len(row))]
        for name in ("tokens", "lengths", "text_length", "first"):
            rows = torch.cat([batch[name] for batch in shared])[row.argsort()]
            assert torch.equal(rows[: len(whole.tokens)], whole[name]), name
            assert name == "first" or not rows[len(whole.tokens) :].any()
    for part in (0, parts, parts + 1):
        dealt[0].sampler.begin = lambda part=part: part
        after = [batch.tokens.tolist() for batch in dealt[0]]
        assert after == [batch.tokens.tolist() for batch in read[0]][part:]
