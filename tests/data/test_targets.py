"""Targets in parts are those of batches."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import LabelField, LabelSetField, NumberField
from seqtasks.data.record import Record
from seqtasks.data.targets import targets

FIELDS = {
    "label": (LabelField, ["a", "b", "a", "c", "b"]),
    "set": (LabelSetField, ["a", "a,b", "c", "b,c", "a,b,c"]),
    "number": (NumberField, ["1", "2.5", "-3", "0", "8"]),
}


@pytest.mark.parametrize("kind", FIELDS)
@pytest.mark.parametrize("at_once", [1, 4, 2**22])
def test_targets_are_those_of_batches(kind, at_once, monkeypatch, tmp_path):
    monkeypatch.setattr("seqtasks.data.targets.NUMBERS_AT_ONCE", at_once)
    make, texts = FIELDS[kind]
    field, records = make(), [Record({"label": text}, "f", n) for n, text in enumerate(texts)]
    field.name = "label"
    field.fit(records)
    dataset = SequenceDataset.of({"label": field}, records)
    expected = dataset[[0, 1, 2, 3, 4]]["label"]
    parts = list(targets(dataset, "label"))
    assert torch.equal(torch.cat(parts), expected)
    assert parts[0].dtype == expected.dtype
    assert (len(parts) > 1) == (at_once < 20)
    if kind == "label":  # as a store holds them
        np.save(tmp_path / "label.npy", dataset.encoded["label"].astype(np.uint8))
        dataset.encoded["label"] = np.load(tmp_path / "label.npy", mmap_mode="r")
        assert torch.equal(torch.cat(list(targets(dataset, "label"))), expected)
