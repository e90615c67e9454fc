"""Sequences of vectors: what is learnt of their channels, and what is refused."""

from __future__ import annotations

import json
import logging
import math

import numpy as np
import pytest
import torch

from seqtasks.data.fields import VectorSequenceField
from seqtasks.data.fields.channels import Channels
from seqtasks.data.record import Record
from seqtasks.errors import BundleError, DataError, UsageError


def records(*values):
    return [
        Record({"series": v if isinstance(v, str) else json.dumps(v)}, "file.ts", n)
        for n, v in enumerate(values, 1)
    ]


def fitted(*values, **options):
    field = VectorSequenceField(**options)
    field.name = "series"
    field.fit(records(*values))
    return field


def test_channels_have_mean_0_and_deviation_1_over_all_training_steps():
    random = np.random.default_rng(0)
    sequences = [random.normal([1e6, -3], [0.5, 20], (length, 2)) for length in (1, 7, 30)]
    field = fitted(*(rows.tolist() for rows in sequences))
    steps = np.concatenate(sequences)
    np.testing.assert_allclose(field.vocabulary.mean, steps.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(field.vocabulary.deviation, steps.std(axis=0), rtol=1e-9)
    encoded = field.encode(records(*(rows.tolist() for rows in sequences)))
    assert encoded.lengths.tolist() == [1, 7, 30]
    expected = (steps - steps.mean(axis=0)) / steps.std(axis=0)
    np.testing.assert_allclose(np.concatenate(list(encoded)), expected, atol=1e-6)
    assert encoded[1].dtype == np.float32


def test_a_constant_channel_is_noted_and_stays_finite(caplog):
    with caplog.at_level(logging.WARNING):
        field = fitted([[1, 0.1], [2, 0.1]], [[3, 0.1]])
    assert "'series' has 1 of 2 channels that hold one value" in caplog.text
    assert field.vocabulary.deviation[1] == 1
    assert field.encode(records([[2, 0.1]]))[0].tolist() == [[0, 0]]
    fitted([[1, 0.1], [1, 0.1]], standardise=False)
    assert "tells nothing: 0, 1 (from 0)" in caplog.text


def test_the_channels_are_learnt_of_the_sequences_without_gaps():
    gap = "[[1, NaN], [2, 0]]"
    whole = [[1, 0], [3, 4]]
    assert fitted(gap, whole).vocabulary.mean.tolist() == [2, 2]
    with pytest.raises(DataError, match=r"file.ts:1: a step of 'series' that lacks .* holds nan"):
        fitted(gap, gap)


def test_without_standardising_values_stay_as_they_are():
    field = fitted([[1, 5], [2, 5]], standardise=False)
    assert field.encode(records([[7, 0.5]]))[0].tolist() == [[7, 0.5]]


def test_a_batch_is_padded_with_zeros():
    field = fitted([[1.0], [3.0]])
    encoded = field.encode(records([[3.0], [1.0], [3.0]], [[1.0]]))
    entries = field.collate([encoded[0], encoded[1]])
    assert entries["series"].tolist() == [[[1], [-1], [1]], [[-1], [0], [0]]]
    assert entries["series"].dtype == torch.float32
    assert entries["lengths"].tolist() == [3, 1]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("[[1, 2], [3", "is not a JSON list of steps"),
        ("[1, 2]", "is not a list of lists"),
        ("{}", "is not a list of lists"),
        ("[]", "has no step"),
        ("[[1, 2], []]", "has 0 numbers at step 1, 2 expected as in training"),
        ("[[1, 2, 3]]", "has 3 numbers at step 0, 2 expected as in training"),
        ("[[1, 2], [3, NaN]]", "holds nan at step 1, channel 1"),
        ("[[-Infinity, 2]]", "holds -inf at step 0, channel 0"),
        ("[[1, null]]", "holds None at step 0, channel 1"),
        ('[[1, 2], ["x", 2]]', "holds 'x' at step 1, channel 0"),
        ("[[1, [2]]]", r"holds \[2.0\] at step 0, channel 1"),
        ("[[1, 2], [1, 2], [1, 2], [1, 2]]", "has 4 steps, more than series.max_length=3"),
    ],
)
def test_what_is_no_sequence_of_vectors_is_refused_with_its_place(value, said):
    field = fitted([[1, 2], [2, 1]], max_length=3)
    with pytest.raises(DataError, match=rf"^file.ts:2: .*'series' .*{said}"):
        field.encode(records([[1, 2]], value))


def test_bad_values_are_refused_in_training_too():
    with pytest.raises(DataError, match=r"file.ts:1: 'series' has no step"):
        fitted("[]", "[]")
    assert fitted([[1, 2]], "[]").vocabulary.mean.tolist() == [1, 2]
    with pytest.raises(UsageError, match="max_length"):
        VectorSequenceField(max_length=0)


def test_channels_are_read_back_exactly():
    channels = Channels(["x", "y"], [1 / 3, -math.pi * 1e9], [1e-300, 2 / 7])
    again = Channels.from_json(channels.to_json())
    assert again.symbols == ["x", "y"]
    assert np.array_equal(again.mean, channels.mean)
    assert np.array_equal(again.deviation, channels.deviation)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "nonsense",
        '{"channels": ["x"], "mean": [0]}',
        '{"channels": ["x"], "mean": [0, 1], "deviation": [1]}',
        '{"channels": ["x"], "mean": [0], "deviation": [0]}',
        '{"channels": ["x"], "mean": [NaN], "deviation": [1]}',
        '{"channels": [1], "mean": [0], "deviation": [1]}',
        '{"channels": ["x", "x"], "mean": [0, 0], "deviation": [1, 1]}',
        '{"channels": [], "mean": [], "deviation": []}',
    ],
)
def test_damaged_channels_are_refused(text):
    with pytest.raises(BundleError, match="not the channels"):
        Channels.from_json(text)
