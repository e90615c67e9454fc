"""Streams: who reads what, with which state; every word of the texts is another one."""

from __future__ import annotations

import itertools
import logging
from collections import Counter

import numpy as np
import pytest
import torch

from seqtasks.data.batching.deal import Deal
from seqtasks.data.batching.streams import Streams
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import TokenField
from seqtasks.data.record import Record
from seqtasks.errors import DataError, UsageError

MIXED = [3, 700, 12, 1, 45, 2, 130, 31, 9, 260, 1, 17, 5, 88, 33]
SETS = {
    "one": [500],
    "few": [120, 80, 300],
    "lines": [*range(1, 40)],
    "mixed": MIXED,
    "small": [1, 2],
}
sets = pytest.mark.parametrize("lengths", SETS.values(), ids=SETS.keys())


def dataset(texts, **options):
    field = TokenField(**{"bos": True, **options})
    field.name = "tokens"
    records = [Record({"tokens": text}, "f.txt", n) for n, text in enumerate(texts, 1)]
    field.fit(records)
    return SequenceDataset.of({"tokens": field}, records)


def unlike(lengths, **options):
    """Texts of so many words, none of which occurs twice."""
    words = (f"w{number}" for number in itertools.count())
    return dataset([" ".join(itertools.islice(words, n)) for n in lengths], **options)


def read(batches):
    """For every predicted token, all that its row has read since it began afresh."""
    told: list[tuple[int, tuple[int, ...]]] = []
    rows: list[tuple[int, ...]] = []
    for batch in batches:
        assert batch.tokens.dtype == batch.lengths.dtype == torch.int64
        assert batch.first.dtype == torch.bool
        if len(rows) != len(batch.tokens):
            assert batch.first.all()
            rows = [()] * len(batch.tokens)
        for row, (tokens, length, first) in enumerate(
            zip(batch.tokens.tolist(), batch.lengths.tolist(), batch.first.tolist(), strict=True)
        ):
            rows[row] = () if first else rows[row]
            for before, token in itertools.pairwise(tokens[:length]):
                rows[row] += (before,)
                told.append((token, rows[row]))
    return told


def loaders(data, streams, world=1, training=True, epoch=0, parts=1):
    found = [
        streams.loader(data, training=training, seed=7, deal=Deal(rank, world, parts))
        for rank in range(world)
    ]
    for loader in found:
        loader.sampler.set_epoch(epoch)
    return found


@sets
@pytest.mark.parametrize("vary", [False, True])
@pytest.mark.parametrize(
    ("size", "window", "world"), [(3, 8, 1), (4, 16, 2), (1, 5, 3), (32, 64, 1)]
)
def test_training_predicts_every_token_once_within_its_document(lengths, vary, size, window, world):
    data = unlike(lengths)
    whole = [tuple(text.tolist()) for text in data.encoded["tokens"]]
    streams = Streams(size, window, vary_window=vary)
    for epoch in (0, 1):
        parts = [list(loader) for loader in loaders(data, streams, world, epoch=epoch)]
        assert {len(part) for part in parts} == {len(loaders(data, streams, world)[0])}
        told = [pair for part in parts for pair in read(part)]
        text = {token: tokens for tokens in whole for token in tokens[1:]}
        assert Counter(token for token, _ in told) == Counter(text.keys())
        for token, before in told:
            at = text[token].index(token)
            assert before == text[token][at - len(before) : at]
        for batch in itertools.chain(*parts):
            assert vary or batch.tokens.size(1) <= window + 1
            assert len(batch.tokens) <= size


@sets
@pytest.mark.parametrize("world", [1, 2])
def test_joined_documents_are_one_running_text(lengths, world):
    data = unlike(lengths)
    running = tuple(data.encoded["tokens"].values.tolist())
    streams = Streams(2, 6, documents="join")
    told = [p for loader in loaders(data, streams, world, epoch=3) for p in read(loader)]
    assert Counter(token for token, _ in told) == Counter(running[1:])
    joined = " ".join(map(str, running))
    for token, before in told:
        assert f" {' '.join(map(str, (*before, token)))} " in f" {joined} "


@sets
@pytest.mark.parametrize(("size", "window", "world"), [(2, 7, 1), (2, 7, 3), (50, 1000, 1)])
@pytest.mark.parametrize("documents", ["reset", "join"])
def test_evaluation_reads_documents_from_their_beginning(lengths, size, window, world, documents):
    data = unlike(lengths)
    streams = Streams(size, window, documents=documents, vary_window=True)
    parts = [list(loader) for loader in loaders(data, streams, world, training=False)]
    assert len({len(part) for part in parts}) == 1
    told = dict(pair for part in parts for pair in read(part))
    assert sum(len(read(part)) for part in parts) == len(told) == sum(lengths)
    for text in data.encoded["tokens"].__iter__():
        tokens = tuple(text.tolist())
        assert all(told[token] == tokens[:at] for at, token in enumerate(tokens) if at)
    characters = sum(int(batch.text_length.sum()) for part in parts for batch in part)
    assert characters == sum(data.text_lengths)


@pytest.mark.parametrize(("lengths", "steps"), [([500], 6), ([21, 9], 1), ([7] * 24, 2)])
def test_evaluation_reads_as_many_tokens_at_once_as_training(lengths, steps):
    batches = list(Streams(12, 7).loader(unlike(lengths), training=False))
    found = [int((batch.lengths - 1).clamp(min=0).sum()) for batch in batches]
    assert sum(found) == sum(lengths)
    assert max(found) <= 12 * 7
    assert len(found) == steps


@pytest.mark.parametrize("documents", ["reset", "join"])
def test_one_long_text_is_cut_into_streams_of_equal_length(documents):
    data = unlike([1000])
    values = torch.tensor(data.encoded["tokens"].values.astype(np.int64))
    loader = Streams(4, 30, documents=documents).loader(data, training=True)
    batches = list(loader)
    assert len(batches) == len(loader) == 9
    assert [batch.first.tolist() for batch in batches] == [[True] * 4] + [[False] * 4] * 8
    assert {batch.share for batch in batches} == {1.0}
    inputs = torch.cat([batch.tokens[:, :-1] for batch in batches], dim=1)
    targets = torch.cat([batch.tokens[:, 1:] for batch in batches], dim=1)
    assert torch.equal(inputs.flatten(), values[:-1])
    assert torch.equal(targets.flatten(), values[1:])
    assert {batch.tokens.size(1) - 1 for batch in batches} == {27, 28}


def test_there_is_little_padding():
    random = np.random.default_rng(0)
    drawn = {
        "lines": (random.integers(5, 40, 3000), 0.02),
        "pages": (random.integers(64, 256, 600), 0.05),
        "both": (np.r_[random.integers(5, 40, 900), random.integers(900, 5000, 40)], 0.1),
    }
    for name, (lengths, most) in drawn.items():
        data = dataset([" ".join(["a", "b"] * n)[: 2 * n - 1] for n in lengths.tolist()])
        batches = list(Streams(32, 64).loader(data, training=True))
        places = sum(batch.tokens.numel() for batch in batches)
        assert 1 - sum(int(batch.lengths.sum()) for batch in batches) / places < most, name


def test_short_documents_come_in_a_new_order_every_epoch():
    data = unlike(range(1, 60))

    def order(seed, epoch):
        loader = Streams(4, 32).loader(data, training=True, seed=seed)
        loader.sampler.set_epoch(epoch)
        return [batch.tokens.tolist() for batch in loader]

    assert order(1, 2) == order(1, 2)
    assert order(1, 2) != order(1, 3)
    assert order(1, 2) != order(2, 2)


def test_varied_windows_follow_their_distribution_and_the_seed():
    data = dataset(["a b " * 100_000])
    streams = Streams(1, 50, vary_window=True)
    [plan], [again], [later] = (
        [list(loader.sampler) for loader in loaders(data, streams, epoch=epoch)]
        for epoch in (0, 0, 1)
    )
    widths = np.array([window.width for window in plan])
    assert len(widths) == len(loaders(data, streams)[0]) == len(later) == 4000
    assert widths.tolist() != [window.width for window in later]
    assert widths.tolist() == [window.width for window in again]
    shares = np.array([window.share for window in plan])
    assert shares.mean() == pytest.approx(1)
    assert widths.mean() == pytest.approx(50)
    assert np.abs(widths - 50 * shares).max() < 2  # tokens are whole, and each window has one
    # In units of the window: a twentieth around a half, the rest around 1, deviation 5 / 50.
    scaled = shares * (0.95 + 0.05 / 2)
    half = scaled < 0.72
    assert half.mean() == pytest.approx(0.05, abs=0.01)
    assert np.median(scaled[~half]) == pytest.approx(1, abs=0.01)
    assert scaled[~half].std() == pytest.approx(0.1, abs=0.01)
    assert scaled[half].mean() == pytest.approx(0.5, abs=0.02)


def test_windows_of_short_documents_do_not_vary():
    data = unlike(range(1, 30))
    for batch in Streams(4, 64, vary_window=True).loader(data, training=True):
        assert batch.share == 1


@pytest.mark.parametrize("done", [0, 1, 4, 9, 100])
def test_a_plan_goes_on_after_the_batches_that_are_done(done):
    data = unlike(MIXED)
    streams = Streams(3, 20, vary_window=True)
    [whole], [loader] = loaders(data, streams, epoch=5), loaders(data, streams)
    expected = [batch.tokens.tolist() for batch in whole][done:]
    iterator = iter(loader)
    loader.sampler.begin = lambda: loader.sampler.set_epoch(5) or done  # after the iterator is made
    assert [batch.tokens.tolist() for batch in iterator] == expected
    assert len(loader) == len(whole)


def test_windows_go_by_their_number_too():
    [loader] = loaders(unlike(MIXED), Streams(3, 20))
    for number, batch in enumerate(loader):
        assert torch.equal(loader.dataset[number].tokens, batch.tokens)


@pytest.mark.parametrize(
    ("lengths", "size", "window", "rows"),
    [([5], 32, 64, 1), ([20], 32, 8, 3), ([4, 4, 4], 32, 64, 3), ([300], 4, 64, 4)],
)
def test_a_short_text_fills_fewer_rows_and_says_so(lengths, size, window, rows, caplog):
    data = unlike(lengths)
    with caplog.at_level(logging.WARNING):
        loader = Streams(size, window).loader(data, training=True)
    assert max(len(batch.tokens) for batch in loader) == rows
    assert len(read(loader)) == sum(lengths)
    notice = f"it fills {rows} of the {size} rows of a batch"
    assert (notice in caplog.text) == (rows < size)


@pytest.mark.parametrize("training", [True, False])
def test_texts_without_a_token_to_predict_are_refused(training):
    data = dataset(["a", "b"], bos=False)
    with pytest.raises(DataError, match=r"f.txt:1: no token to predict.*tokens.bos=true"):
        Streams().loader(data, training=training)


def test_texts_of_one_token_are_left_out():
    data = dataset(["a", "b c d", "e"], bos=False)
    for training in (True, False):
        told = read(Streams(2, 8).loader(data, training=training))
        assert [token for token, _ in told] == data.encoded["tokens"][1].tolist()[1:]


@pytest.mark.parametrize("options", [{"batch_size": 0}, {"window": 0}, {"window": -3}])
def test_impossible_sizes_are_refused(options):
    with pytest.raises(UsageError, match=r"(batch_size|window): it is at least 1"):
        Streams(**options)


def test_an_unknown_treatment_of_documents_is_refused():
    with pytest.raises(
        UsageError, match=r"there is no 'rest'; Did you mean 'reset'. The choices are reset, join"
    ):
        Streams(documents="rest")
