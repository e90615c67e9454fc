"""Trainings that end before their time, and those that are taken up to be tested."""

from __future__ import annotations

import json
import time

import pytest
from small import SMALL

from seqtasks.run import run
from seqtasks.sweep.tuning.trial import Trial

pytestmark = pytest.mark.filterwarnings("ignore:Checkpoint directory .* is not empty:UserWarning")

OPTIONS = ("task=classification", *SMALL[:4], "logger=none", "report=false", "examples=0")


def trained(composed, tmp_path, monkeypatch, hopeless, *options, **limits):
    """The outcome of a trial whose validations are judged by a function."""
    monkeypatch.setattr(Trial, "judge", lambda self: hopeless)
    trial = Trial(str(tmp_path), 1, **limits)
    return run(composed(*OPTIONS, *options), tmp_path / "run", "classification", trial=trial)


def test_validations_can_end_a_training_which_is_then_tested_as_it_is(
    composed, tmp_path, monkeypatch
):
    told = []

    def hopeless(validation, score):
        told.append(score)
        return validation == 1

    found = trained(composed, tmp_path, monkeypatch, hopeless, "trainer.max_epochs=5")
    assert (found["ended"], found["scores"], found["trained"]["epochs"]) == ("pruned", told, 2)
    assert (found["monitor"], found["mode"]) == ("val/accuracy", "max")
    assert found["score"] == max(told)
    assert not (tmp_path / "run" / "bundle").exists()

    checkpoint = str(tmp_path / "run" / "checkpoints" / "last.ckpt")
    trial = Trial(str(tmp_path), 1, checkpoint=checkpoint, trained=found["trained"])
    config = composed(*OPTIONS, "trainer.max_epochs=5")
    results = run(config, tmp_path / "run", "classification", trial=trial)
    assert results["epochs"] == 2
    assert results["seconds"] == found["trained"]["seconds"]
    assert [row["val/accuracy"] for row in results["history"]] == told
    kept = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert kept["test"] == pytest.approx(results["test"])


def test_the_time_ends_a_training_with_a_validation(composed, tmp_path, monkeypatch):
    options = ("trainer.max_epochs=5", "trainer.min_epochs=3", "data.batching.batch_size=8")
    limits = {"until": time.time() - 1}
    found = trained(composed, tmp_path, monkeypatch, lambda *_: False, *options, **limits)
    assert (found["ended"], len(found["scores"])) == ("cut", 1)
    assert (tmp_path / "run" / "checkpoints" / "best.ckpt").is_file()


def test_the_score_is_that_of_the_weights_which_are_kept(composed, tmp_path, monkeypatch):
    options = ("trainer.max_epochs=3", "callbacks=by_loss")
    found = trained(composed, tmp_path, monkeypatch, lambda *_: False, *options, pruned=False)
    assert found["ended"] == ""
    assert found["score"] in found["scores"]
