"""Windows laid out some steps at a time against all of them laid out at once."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest

from seqtasks.data.batching.deal import Deal
from seqtasks.data.batching.streams import Streams, Windows
from seqtasks.data.batching.windows import deal_out, divide, side_by_side
from seqtasks.data.fields import TokenField
from seqtasks.data.store.ragged import Ragged


def at_once(pieces, shares, rank, world_size):
    """All windows of some pieces, in one table of steps and rows."""
    rows = -(-(int(pieces.rows[-1]) + 1) // world_size) * world_size
    starts, counts = np.zeros((2, pieces.steps, rows), dtype=np.int64)
    first = np.zeros((pieces.steps, rows), dtype=bool)
    first[0] = True
    piece = np.repeat(np.arange(len(pieces.starts)), pieces.windows)
    number = np.arange(len(piece)) - np.repeat(
        np.cumsum(pieces.windows) - pieces.windows, pieces.windows
    )
    step, row = pieces.begins[piece] + number, pieces.rows[piece]
    until = np.concatenate([[0.0], np.cumsum(shares)])
    begun, ended = until[pieces.begins], until[pieces.begins + pieces.windows]
    more = (pieces.counts - pieces.windows) / (ended - begun)
    low = number + np.rint(more[piece] * (until[step] - begun[piece])).astype(np.int64)
    high = number + np.rint(more[piece] * (until[step + 1] - begun[piece])).astype(np.int64) + 1
    starts[step, row] = pieces.starts[piece] + low
    counts[step, row] = high - low
    first[step, row] |= number == 0
    mine = slice(rank, None, world_size)
    widths = counts.max(axis=1).tolist()
    return [
        (starts[at, mine].tolist(), counts[at, mine].tolist(), first[at, mine].tolist(), width)
        for at, width in enumerate(widths)
    ]


def laid_out(draw):
    """Pieces of every kind, of few texts and of many, short and long."""
    for texts, longest, rows, window in [(1, 900, 4, 7), (9, 300, 3, 20), (60, 30, 8, 5)]:
        counts = draw.integers(1, longest, texts)
        starts = np.cumsum(counts) - counts + 1
        yield divide(starts, counts, min(rows, int(counts.sum())), window)
        yield deal_out(starts, counts, min(rows, texts), window)
        yield side_by_side(starts[:rows], counts[:rows], window)


@pytest.mark.parametrize("entries", [1, 7, 64, 2**16])
@pytest.mark.parametrize("varied", [False, True])
def test_windows_are_those_of_all_steps_at_once(entries, varied, monkeypatch):
    monkeypatch.setattr("seqtasks.data.batching.windows.AT_ONCE", entries)
    draw = np.random.default_rng(0)
    for pieces, (rank, world) in itertools.product(laid_out(draw), ((0, 1), (1, 2), (2, 3))):
        shares = draw.random(pieces.steps) + 0.5 if varied else np.ones(pieces.steps)
        expected = at_once(pieces, shares, rank, world)
        for done in (0, 1, pieces.steps - 1, pieces.steps, pieces.steps + 5):
            found = list(pieces.cut(shares if varied else None, Deal(rank, world), done))
            assert [
                (one.starts.tolist(), one.counts.tolist(), one.first.tolist(), one.width)
                for one in found
            ] == expected[done:]
            assert [one.share for one in found] == shares[done:].tolist()


class Text:
    """A data set of running text of which the lengths alone are known."""

    def __init__(self, lengths):
        self.fields = {"tokens": TokenField()}
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        self.encoded = {"tokens": Ragged(np.broadcast_to(np.uint8(1), offsets[-1]), offsets)}
        self.text_lengths = np.asarray(lengths, dtype=np.uint32)


def test_a_long_text_and_many_short_ones_are_laid_out_in_little_memory():
    many = np.random.default_rng(0).integers(2, 60, 200_000)
    for lengths, most in (([300_000_000], 12e6), (many, 150 * len(many))):
        tracemalloc.start()
        try:
            loader = Streams(32, 128).loader(Text(lengths), training=True)
            windows = iter(loader.sampler)
            first = next(windows)
            assert first.counts.sum() > 0
            assert len(loader) > 1000
            assert tracemalloc.get_traced_memory()[1] < most
        finally:
            tracemalloc.stop()


def test_characters_may_be_counted_in_a_small_type_of_a_mapped_file(tmp_path):
    np.save(tmp_path / "lengths.npy", np.array([200, 100], np.uint8))
    mapped = np.load(tmp_path / "lengths.npy", mmap_mode="r")
    data = Text([200, 100])
    windows = Windows(data.encoded["tokens"], mapped, None)
    assert windows.before.tolist() == [0, 200, 300]
    assert windows.before.dtype == np.int64
    assert windows.characters(np.array([0, 199, 299])).tolist() == [0, 200, 300]
