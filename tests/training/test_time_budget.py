"""Trainings that end by a clock: one that goes on with the steps of the training alone."""

from __future__ import annotations

import functools
import re

import pytest
import pytorch_lightning as pl
import torch
from seqtasks.tasks.classification import SequenceClassifier
from small import SMALL

from seqtasks import run as entry
from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.run import make_trainer, run
from seqtasks.training.time_budget import TimeBudget, budget_of

# The command silences this: an epoch without validation has no score to follow.
pytestmark = pytest.mark.filterwarnings("ignore:ReduceLROnPlateau conditioned:RuntimeWarning")


class Clock(pl.Callback):
    """A clock that goes on with each batch, whatever that takes."""

    def __init__(self, step: float = 0.1, validation: float = 0.1) -> None:
        self.now, self.step, self.validation = 0.0, step, validation
        self.rates: list[float] = []
        self.shares: list[float] = []

    def __call__(self) -> float:
        return self.now

    def on_train_batch_start(self, trainer: pl.Trainer, pl_module, *_) -> None:
        self.now += self.step
        self.rates.append(trainer.optimizers[0].param_groups[0]["lr"])
        self.shares.append(pl_module.progress())

    def on_validation_batch_start(self, *_) -> None:
        self.now += self.validation

    on_test_batch_start = on_validation_batch_start


@pytest.fixture
def timed(composed, monkeypatch, tmp_path):
    """A function that runs a task by a clock, and returns its results."""

    def go(clock: Clock, *options: str, name: str = "run"):
        def with_clock(config, task):
            trainer = make_trainer(config, task)
            trainer.callbacks.insert(0, clock)
            return trainer

        monkeypatch.setattr(entry, "make_trainer", with_clock)
        monkeypatch.setattr(entry, "TimeBudget", functools.partial(TimeBudget, clock=clock))
        monkeypatch.setattr(entry, "IMPORTED", clock())
        given = ["task=classification", *SMALL, "data.batching.batch_size=16"]
        given += ["trainer.max_epochs=-1", "callbacks.early_stopping=null", *options]
        return run(composed(*given), tmp_path / name, "classification", began=clock())

    return go


def test_it_ends_with_the_time(timed, tmp_path, capsys):
    clock = Clock()
    results = timed(clock, "budget=20s")
    assert clock.now == pytest.approx(19, abs=1)
    assert results["steps"] == pytest.approx(175, abs=20)
    assert clock.shares == sorted(clock.shares)
    assert clock.shares[-1] == pytest.approx(1, abs=0.02)
    top = max(clock.rates)
    rise, fall = clock.rates.index(top), clock.rates[clock.rates.index(top) :]
    assert 0 < rise < 20
    assert fall == sorted(fall, reverse=True)
    assert fall[-1] < 0.01 * top
    assert results["epochs"] == pytest.approx(results["steps"] / 5, abs=0.1)
    assert (tmp_path / "run" / "checkpoints" / "best.ckpt").is_file()
    assert 5 < len(results["history"]) <= 40
    assert "budget: 20 s, about " in capsys.readouterr().out


@pytest.mark.parametrize(
    "option",
    [
        "trainer.accumulate_grad_batches=2",
        "scheduler=plateau",
        "scheduler=constant",
        "callbacks=ema",
        "callbacks=average_best",
        "trainer.limit_val_batches=0",
        "trainer.max_steps=12",
    ],
)
def test_beside_other_options(timed, tmp_path, option):
    clock = Clock(step=0.5)
    results = timed(clock, "budget=30s", option)
    assert results["test"]
    if option == "trainer.max_steps=12":
        assert results["steps"] == 12
        assert clock.rates[-1] < 0.3 * max(clock.rates)
    else:
        assert clock.now == pytest.approx(29, abs=2)
    assert (tmp_path / "run" / "checkpoints" / "last.ckpt").is_file()
    assert len(results["history"]) == 0 or results["history"][-1]["step"] == results["steps"]


def test_an_epoch_longer_than_the_budget(timed, tmp_path):
    clock = Clock(step=10.0, validation=0.5)
    few = [f"trainer.limit_{split}_batches=2" for split in ("val", "test")]
    few += ["task.head.calibrate=false"]  # it reads all of the validation data
    results = timed(clock, "budget=200s", "data.batching.batch_size=2", *few)
    assert results["epochs"] == pytest.approx(19 / 40, abs=0.1)
    assert 3 < len(results["history"]) <= 8
    best = torch.load(tmp_path / "run" / "checkpoints" / "best.ckpt", weights_only=True)
    assert best["global_step"] in [row["step"] for row in results["history"]]


class Stop(Exception):
    """Ends a training."""


def test_a_resumed_training_has_the_time_that_is_left(timed, tmp_path):
    clock = Clock()

    def stop(*_):
        if len(clock.rates) == 100:
            raise Stop

    clock.on_train_batch_end = stop
    with pytest.raises(Stop):
        timed(clock, "budget=20s")
    last = tmp_path / "run" / "checkpoints" / "last.ckpt"
    kept = torch.load(last, weights_only=True)
    done, state = kept["global_step"], kept["callbacks"]["TimeBudget"]
    assert 60 < done <= 100
    later = Clock()
    results = timed(later, "budget=20s", f"ckpt_path='{last}'", name="resumed")
    assert state["used"] + later.now == pytest.approx(19, abs=1)
    assert results["steps"] == done + len(later.rates)
    assert later.shares[0] == pytest.approx(state["pace"][0])
    assert later.shares == sorted(later.shares)
    assert later.rates == sorted(later.rates, reverse=True)
    over = Clock()
    ended = tmp_path / "resumed" / "checkpoints" / "last.ckpt"
    again = timed(over, "budget=20s", f"ckpt_path='{ended}'", name="again")
    assert not over.rates
    assert again["test"] == results["test"]
    with pytest.raises(UsageError, match=r"end of its 20 s, .* give no more than that, or"):
        timed(Clock(), "budget=60s", f"ckpt_path='{ended}'", name="longer")


def test_a_checkpoint_with_a_budget_and_one_without(timed, composed, tmp_path, monkeypatch):
    timed(Clock(), "budget=5s")
    last = tmp_path / "run" / "checkpoints" / "last.ckpt"
    monkeypatch.undo()
    options = ["task=classification", *SMALL, f"ckpt_path='{last}'"]
    with pytest.raises(SeqtasksError, match="is of a training with a budget"):
        run(composed(*options), tmp_path / "other", "classification")


def test_too_small_for_anything(timed):
    with pytest.raises(UsageError, match=r"have gone until .* give at least \d+s"):
        timed(Clock(step=2.4), "budget=5s")


def test_early_stopping_ends_it_before_the_time(timed):
    stopping = {"_target_": "pytorch_lightning.callbacks.EarlyStopping", "monitor": "val/loss"}
    stopping |= {"patience": 1, "min_delta": 100, "check_on_train_epoch_end": False}
    given = ",".join(f"{name}: {value}" for name, value in stopping.items())
    clock = Clock()
    results = timed(clock, "budget=60s", "callbacks.early_stopping={" + given + "}")
    assert len(results["history"]) == 2
    assert results["history"][-1]["step"] == results["steps"]
    assert clock.now < 10


def test_a_check_of_the_validation_before_training_measures_nothing(timed):
    class Warming(Clock):
        def on_validation_batch_start(self, trainer, *_):
            self.now += 1.0 if trainer.sanity_checking else 0.1

    clock = Warming()
    timed(clock, "budget=20s", "trainer.num_sanity_val_steps=2")
    assert clock.now == pytest.approx(19, abs=1)


def test_a_validation_that_nobody_planned_is_no_training(timed):
    clock = Clock(validation=1.0)
    speeds = []

    def validate(trainer, *_):
        speeds.append(budget_of(trainer).measured.speed.seconds_of_a_step)
        if len(clock.rates) == 20:
            trainer.val_check_batch = 1

    clock.on_train_batch_end = validate
    results = timed(clock, "budget=60s")
    assert 20 in [row["step"] for row in results["history"]]
    assert clock.now == pytest.approx(58, abs=2)
    assert max(speeds) == pytest.approx(0.1)


def test_the_time_of_the_calibration_is_kept(timed, monkeypatch):
    clock = Clock()

    def calibrate(task, data):
        clock.now += 20 * clock.validation * len(data.loader("val"))

    monkeypatch.setattr(SequenceClassifier, "calibrate", calibrate)
    monkeypatch.setattr(SequenceClassifier, "calibration_passes", 20)
    timed(clock, "budget=30s")
    assert clock.now == pytest.approx(29, abs=1)


def test_the_speed_is_that_of_all_batches(timed, capsys):
    speeds = []
    for name, limit in (("all", 1.0), ("some", 2)):
        timed(Clock(), "budget=20s", f"trainer.limit_train_batches={limit}", name=name)
        [speed] = re.findall(r"at ([\d,]+) tokens a second", capsys.readouterr().out)
        speeds.append(int(speed.replace(",", "")))
    assert speeds[0] == pytest.approx(speeds[1], rel=0.02)
