"""A batch on its way to a device."""

from __future__ import annotations

import torch

from seqtasks.data.batch import Batch
from seqtasks.kernels.lengths import on_host, ragged


def test_lengths_on_a_device_are_read_without_asking_it():
    batch = Batch(tokens=torch.zeros(2, 3), lengths=torch.tensor([3, 2]), example=[0, 1])
    there = batch.to("meta")  # a device that tells no numbers
    assert there.tokens.is_meta
    assert there.lengths.is_meta
    assert there.example == [0, 1]
    assert on_host(there.lengths).tolist() == [3, 2]
    assert ragged(there.lengths, 3)
    assert not ragged(there.lengths, 2)


def test_what_moves_on_or_stays_has_nothing_to_remember():
    batch = Batch(source_lengths=torch.tensor([1]))
    assert not hasattr(batch.to("cpu").source_lengths, "on_host")
    assert batch.to("cpu", dtype=torch.float64).source_lengths.dtype == torch.float64
    assert not hasattr(batch.to("meta").source_lengths + 1, "on_host")
