"""How many threads a model's batches are worth."""

from __future__ import annotations

import contextlib
import json

import pytest
import torch
from small import SMALL
from torch import nn

from seqtasks import api
from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.batching.rows import usual_rows
from seqtasks.data.batching.streams import Streams
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import TokenField
from seqtasks.data.record import Record
from seqtasks.encoder import RecurrentEncoder, threads
from seqtasks.encoder.threads import ThreadLimit, step_size, threads_worth
from seqtasks.run import run


@pytest.fixture
def sleeping(monkeypatch):
    """Threads sleep while they wait, and torch has its number of threads back in the end."""
    before = torch.get_num_threads()
    monkeypatch.setattr(threads, "SLEEPING", True)
    yield
    torch.set_num_threads(before)


def test_tables_multiply_nothing_and_recurrences_share_the_weights():
    lstm = RecurrentEncoder(6, 5, num_layers=2, bidirectional=True, cell="lstm")
    weights = 2 * 4 * 5 * (6 + 5) + 2 * 4 * 5 * (10 + 5)
    assert step_size(lstm) == weights // 4
    table, output = nn.Embedding(100, 6), nn.Linear(10, 3)
    assert step_size(nn.Sequential(table, lstm, output)) == (weights + 30) // 4


def test_a_table_that_scores_the_words_too_counts_once():
    table, output = nn.Embedding(100, 6), nn.Linear(6, 100)
    output.weight = table.weight
    assert step_size(nn.Sequential(table, output)) == 600


@pytest.mark.parametrize(
    ("size", "sequences", "worth"),
    [(131_072, 32, 1), (524_288, 32, 1), (2_097_152, 32, 6), (8_388_608, 64, 8), (0, 0, 1)],
)
def test_threads_that_sleep_pay_for_large_products(sleeping, size, sequences, worth):
    assert threads_worth(size, sequences, 8) == worth


def test_threads_that_spin_are_all_used(monkeypatch):
    monkeypatch.setattr(threads, "SLEEPING", False)
    assert threads_worth(1, 1, 8) == 8


def test_a_limit_ends_with_its_batch(sleeping):
    torch.set_num_threads(3)
    limit = ThreadLimit(nn.Linear(10, 10), nn.Linear(10, 1_000_000))
    with limit.of(2):
        assert torch.get_num_threads() == 2
    assert torch.get_num_threads() == 3
    with contextlib.suppress(KeyError), limit.of(0):
        assert torch.get_num_threads() == 1
        raise KeyError
    assert torch.get_num_threads() == 3


@pytest.mark.parametrize(
    ("batching", "rows"),
    [
        (Buckets(64), 64),
        (Buckets(None, 90), 30),
        (Buckets(7, 90), 7),
        (Streams(20), 20),
        (object(), 1),
    ],
)
def test_the_sequences_of_a_batch(batching, rows):
    records = [Record({"tokens": ["a", "b", "c", "d", "e"][:size]}) for size in (1, 5, 3)]
    field = TokenField()
    field.name = "tokens"
    field.fit(records)
    assert usual_rows(batching, SequenceDataset.of({"tokens": field}, records)) == rows


@pytest.mark.parametrize(
    ("options", "share", "found"),
    [([], None, 1), (["threads=3"], None, 3), (["EACH"], None, 4), (["EACH"], 2, 2)],
)
def test_a_run_has_the_threads_that_it_is_worth(
    sleeping, monkeypatch, tmp_path, options, share, found
):
    monkeypatch.setattr("seqtasks.run.AVAILABLE", 4)
    if options == ["EACH"]:
        monkeypatch.setattr(threads, "EACH", 1)
    typed = [word for word in options if "=" in word]
    config = api.compose("task=tagging", *SMALL, *typed)
    run(config, tmp_path, "tagging", share=share)
    saved = json.loads((tmp_path / "metrics.json").read_text())
    assert saved["environment"]["threads"] == found
