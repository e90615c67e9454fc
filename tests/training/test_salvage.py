"""What follows a training, or a setting that leaves a part of it out, never loses the model."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from seqtasks.tasks.classification import SequenceClassifier
from small import SMALL, TASKS

from seqtasks import run as entry
from seqtasks.bundle import load
from seqtasks.errors import Interrupted, SeqtasksError, UsageError
from seqtasks.run import run

OPTIONS = ["task=tagging", *SMALL, "trainer.max_epochs=2"]

LEFT_OUT = [
    "trainer.limit_test_batches=0",
    "trainer.limit_val_batches=0",
    "trainer.limit_train_batches=0",
    "trainer.fast_dev_run=true",
    "trainer.max_epochs=0",
    "trainer.max_time=00:00:00:00",
    "trainer.enable_checkpointing=false",
    "trainer.inference_mode=false",
    "trainer.num_sanity_val_steps=2",
    "trainer.reload_dataloaders_every_n_epochs=1",
    "callbacks.checkpoint=null",
    "callbacks.last=null",
    "callbacks.early_stopping=null",
    "examples=0",
]


def saved(folder: Path) -> dict:
    """The scores in a run folder, whose bundle loads and predicts."""
    assert load(folder / "bundle").predict(["the cat ."])
    return json.loads((folder / "metrics.json").read_text())


@pytest.mark.parametrize("option", LEFT_OUT)
def test_a_training_without_some_of_it_saves_a_model(composed, option, tmp_path):
    results = run(composed(*OPTIONS, option), tmp_path / "run", "tagging")
    assert saved(tmp_path / "run")["test"] == results["test"]
    assert bool(results["test"]) == (option != "trainer.limit_test_batches=0")


@pytest.mark.parametrize("task", TASKS)
def test_no_task_needs_a_test(task, composed, tmp_path):
    options = [f"task={task}", *SMALL, "trainer.limit_test_batches=0"]
    results = run(composed(*options), tmp_path / "run", task)
    assert not results["test"]
    assert "report" not in results
    assert load(tmp_path / "run" / "bundle")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["trainer.barebones=true"], "a setting cannot be used"),
        (["trainer.val_check_interval=100"], "a setting cannot be used: val_check_interval"),
        (["scheduler=plateau", "trainer.limit_val_batches=0"], "scheduler: this schedule follows"),
        (["callbacks.checkpoint.save_top_k=2"], "best is one name for several files"),
    ],
)
def test_what_cannot_be_trained_is_refused_before(composed, options, said, tmp_path):
    with pytest.raises(UsageError, match=said):
        run(composed(*OPTIONS, *options), tmp_path / "run", "tagging")
    assert not (tmp_path / "run" / "checkpoints").exists()


def test_a_schedule_follows_a_score_that_is_not_there_each_epoch(composed, tmp_path):
    rarely = ["scheduler=plateau", "trainer.check_val_every_n_epoch=2"]
    assert run(composed(*OPTIONS, *rarely), tmp_path / "run", "tagging")["test"]


FAILURES = [
    (KeyboardInterrupt(), Interrupted, "interrupted; the model is trained and saved in "),
    (SystemExit(1), Interrupted, "interrupted; the model is trained and saved in "),
    (SeqtasksError("no, go on"), SeqtasksError, "no, go on; the model is trained and saved in "),
    (OSError(errno.ENOSPC, "full"), SeqtasksError, "no space is left on this disk; "),
    (ValueError("a defect"), ValueError, "a defect"),
]


@pytest.mark.parametrize(("error", "kind", "said"), FAILURES)
@pytest.mark.parametrize(
    ("step", "command"),
    [("test", "evaluate {}/bundle"), ("write_report", "report {}")],
)
def test_whatever_fails_afterwards(
    composed, monkeypatch, capsys, error, kind, said, step, command, tmp_path
):
    def fail(*arguments, **options):
        raise error

    monkeypatch.setattr(entry, step, fail)
    with pytest.raises(kind) as caught:
        run(composed(*OPTIONS, "report=true"), tmp_path / "run", "tagging")
    message = str(caught.value)
    assert said in message
    told = message + capsys.readouterr().err
    assert f"python -m seqtasks.{command.format(tmp_path / 'run')}" in told
    assert bool(saved(tmp_path / "run")["test"]) == (step != "test")


@pytest.mark.parametrize("step", ["calibrate", "baselines", "report"])
def test_a_task_of_the_user_fails(composed, monkeypatch, step, tmp_path):
    def fail(*arguments):
        raise SeqtasksError("no, go on")

    monkeypatch.setattr(SequenceClassifier, step, fail)
    with pytest.raises(SeqtasksError, match="no, go on; the model is trained and saved"):
        run(composed("task=classification", *OPTIONS[1:]), tmp_path / "run", "classification")
    assert (tmp_path / "run" / "bundle" / "model.safetensors").is_file()


@pytest.fixture
def full(monkeypatch, tmp_path):
    """A function that lets the disk of the run folder be full, and no other."""
    (tmp_path / "room").mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "room"))

    def fill(module, name: str) -> None:
        plain = getattr(module, name)

        def write(path, *arguments, **options):
            if Path(path).is_relative_to(tmp_path / "run"):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return plain(path, *arguments, **options)

        monkeypatch.setattr(module, name, write)

    return fill


def test_a_model_whose_disk_is_full_is_saved_elsewhere(composed, full, tmp_path):
    full(entry, "save_run")
    with pytest.raises(SeqtasksError) as caught:
        run(composed(*OPTIONS), tmp_path / "run", "tagging")
    [place] = (tmp_path / "room").glob("run-*")
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'run'}: no space is left on this disk; make room there")
    assert f"the model is trained and saved in {place / 'bundle'}" in message
    assert saved(place)["test"]


def test_a_training_whose_disk_is_full_goes_on_from_elsewhere(composed, full, tmp_path):
    from seqtasks.training import checkpoint_writing

    whole = run(composed(*OPTIONS), tmp_path / "whole", "tagging")
    full(checkpoint_writing, "replacing")
    with pytest.raises(SeqtasksError, match=r"training ended after \d epochs") as caught:
        run(composed(*OPTIONS), tmp_path / "run", "tagging")
    [place] = (tmp_path / "room").glob("checkpoints-*")
    path = place / "best.ckpt"
    assert f"ckpt_path={path}" in str(caught.value)
    resumed = run(composed(*OPTIONS, f"ckpt_path='{path}'"), tmp_path / "resumed", "tagging")
    assert resumed["test"] == whole["test"]
