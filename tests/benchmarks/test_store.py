"""The benchmark of the store's speed, on small data."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
import torch
from small import ROOT

from seqtasks.data.store.ragged import Ragged


@pytest.fixture(autouse=True)
def benchmarks(monkeypatch):
    """The folder of benchmarks, where they find each other."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


def test_training_and_batches_are_timed(monkeypatch, tmp_path, capsys):
    import store

    report = tmp_path / "report.json"
    arguments = ["--scale", "2e-5", "--steps", "2", "--repeats", "1", "--json", str(report)]
    monkeypatch.setattr(sys, "argv", ["store.py", "--runs", "characters", "pairs", *arguments])
    store.main()
    found = json.loads(report.read_text())
    assert [*found] == ["machine", "characters", "pairs"]
    speeds = [speed for name in ("characters", "pairs") for speed in found[name].values()]
    assert len(speeds) == 4
    assert all(speed["store"] > 0 and speed["memory"] > 0 for speed in speeds)
    assert capsys.readouterr().out.count("from the store") == 4


def test_what_is_in_memory_gives_the_same_batches_from_no_file(composed):
    import store
    from hydra.utils import instantiate

    data = instantiate(composed("task=translation", "data.train.sentences=80").data)
    data.setup()
    held = store.in_memory(data)
    kept = [e for e in held.datasets["train"].encoded.values() if isinstance(e, Ragged)]
    assert [type(encoded.values) for encoded in kept] == [np.ndarray] * 2
    assert all(encoded.values.flags.owndata for encoded in kept)
    loaders = (data.train_dataloader(), held.train_dataloader())
    for mapped, copied in zip(*loaders, strict=True):
        assert torch.equal(mapped.source, copied.source)
        assert mapped.target_text == copied.target_text
