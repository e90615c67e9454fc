"""A training that is stopped anywhere and resumed ends with the very weights of one that is not."""

from __future__ import annotations

import csv
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import pytorch_lightning as pl
import torch
from hydra.core.override_parser.overrides_parser import OverridesParser
from small import SMALL

from seqtasks import run as entry
from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.run import make_trainer, run
from seqtasks.training.resuming import command

pytestmark = pytest.mark.filterwarnings("ignore:You're resuming from a checkpoint:UserWarning")

GENERATION = ["data.batching.batch_size=4", "data.batching.window=16", "task.sampling.max_length=4"]
LINES = [*GENERATION, "data=sample", "data/batching=streams"]
OPTIONS = {
    "generation": GENERATION,
    "classification": ["data.batching.batch_size=8"],
    "translation": ["data.batching.batch_size=8", "task.search.max_length=6"],
}


def overrides(name: str) -> list[str]:
    options = [f"task={name}", *SMALL, *OPTIONS[name], "trainer.max_epochs=2", "scheduler=plateau"]
    return [
        *options,
        "callbacks.early_stopping=null",
        "encoder.dropout=0.3",
        "encoder.num_layers=2",
    ]


def kept(folder: Path, name: str) -> dict:
    return torch.load(folder / "checkpoints" / f"{name}.ckpt", weights_only=True)


def same(here, there) -> bool:
    if isinstance(here, torch.Tensor):
        return torch.equal(here, there)
    if isinstance(here, dict):
        return here.keys() == there.keys() and all(same(here[k], there[k]) for k in here)
    if isinstance(here, (list, tuple)):
        return len(here) == len(there) and all(map(same, here, there))
    return here == there


def assert_equal_ends(whole: Path, resumed: Path, last: str = "last") -> None:
    """The last weights, with what goes on from them, and the best ones."""
    here, there = kept(whole, last), kept(resumed, last)
    for part in ("state_dict", "optimizer_states", "lr_schedulers", "global_step", "epoch"):
        assert same(here[part], there[part]), part
    assert same(here.get("carried"), there.get("carried"))
    assert same(kept(whole, "best")["state_dict"], kept(resumed, "best")["state_dict"])


@pytest.mark.parametrize(
    ("name", "workers"),
    [*((name, 0) for name in OPTIONS), ("generation", 1), ("classification", 1)],
)
def test_from_within_an_epoch(composed, name, workers, tmp_path):
    options = [*overrides(name), f"data.num_workers={workers}"]
    often = ["callbacks.last.every_n_train_steps=3", "callbacks.last.filename='{step}'"]
    options += [*often, "+callbacks.last.save_top_k=-1"]
    total = run(composed(*options), tmp_path / "whole", name)["steps"]
    after = max(range(3, total, 3))
    assert total // 2 < after < total
    within = tmp_path / "whole" / "checkpoints" / f"step={after}.ckpt"
    run(composed(*options, f"ckpt_path='{within}'"), tmp_path / "resumed", name)
    assert_equal_ends(tmp_path / "whole", tmp_path / "resumed", f"step={total}")


class Stop(pl.Callback):
    """Sends signals to the process in the second epoch."""

    def __init__(self, hook: str, signals: list[signal.Signals]) -> None:
        self.signals = signals
        setattr(self, hook, self.send)

    def send(self, trainer: pl.Trainer, *others) -> None:
        if trainer.current_epoch == 1 and others[2] == 1:  # the second batch
            for number in self.signals:
                signal.raise_signal(number)


@pytest.fixture
def stopped(composed, monkeypatch, tmp_path):
    """A function that runs a task until it is stopped, and returns what it says."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background

    def go(options: list[str], name: str, hook: str, *signals: signal.Signals) -> str:
        def with_stop(config, task):
            trainer = make_trainer(config, task)
            trainer.callbacks.insert(0, Stop(hook, list(signals)))
            return trainer

        monkeypatch.setattr(entry, "make_trainer", with_stop)
        with pytest.raises(SeqtasksError) as caught:
            run(composed(*options), tmp_path / "stopped", name)
        monkeypatch.setattr(entry, "make_trainer", make_trainer)
        return str(caught.value)

    yield go
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("hook", "signals", "done"),
    [
        ("on_train_batch_start", ["SIGTERM"], "1 epochs and 2 of "),
        ("on_train_batch_start", ["SIGINT"], "1 epochs and 2 of "),
        ("on_train_batch_start", ["SIGINT", "SIGINT"], "1 epochs"),
        ("on_validation_batch_start", ["SIGTERM"], "1 epochs and "),
    ],
)
@pytest.mark.parametrize("name", ["generation", "classification"])
def test_from_where_a_signal_stopped_it(composed, stopped, name, hook, signals, done, tmp_path):
    options = overrides(name)
    before = signal.getsignal(signal.SIGINT)
    said = stopped(options, name, hook, *(signal.Signals[number] for number in signals))
    assert said.startswith(f"interrupted after {done}")
    assert signal.getsignal(signal.SIGINT) is before
    last = tmp_path / "stopped" / "checkpoints" / "last.ckpt"
    assert f"ckpt_path={last}" in said
    run(composed(*options), tmp_path / "whole", name)
    run(composed(*options, f"ckpt_path='{last}'"), tmp_path / "resumed", name)
    assert_equal_ends(tmp_path / "whole", tmp_path / "resumed")


def test_a_step_that_has_begun_is_ended_first(composed, stopped, tmp_path):
    options = [*overrides("classification"), "trainer.accumulate_grad_batches=4"]
    options += ["callbacks.last.every_n_train_steps=2", "trainer.val_check_interval=5"]
    said = stopped(options, "classification", "on_train_batch_start", signal.SIGTERM)
    assert said.startswith("interrupted after 1 epochs and 4 of 12 batches")
    run(composed(*options), tmp_path / "whole", "classification")
    last = tmp_path / "stopped" / "checkpoints" / "last.ckpt"
    run(composed(*options, f"ckpt_path='{last}'"), tmp_path / "resumed", "classification")
    assert_equal_ends(tmp_path / "whole", tmp_path / "resumed")


def losses(folder: Path) -> list[str]:
    """The validation losses of a run, in order."""
    with (folder / "csv" / "metrics.csv").open() as lines:
        return [row["val/loss"] for row in csv.DictReader(lines) if row["val/loss"]]


@pytest.mark.parametrize(("every", "after", "left"), [(2, 4, 5), (2, 6, 4), (3, 9, 3), (5, 10, 3)])
def test_no_validation_is_left_out(composed, every, after, left, tmp_path):
    """Checkpoints within epochs of ten steps that are validated after the third, sixth, ninth."""
    options = [*overrides("classification"), "trainer.val_check_interval=3", "logger=default"]
    options += [f"callbacks.last.every_n_train_steps={every}", "callbacks.last.filename='{step}'"]
    options += ["+callbacks.last.save_top_k=-1"]
    run(composed(*options), tmp_path / "whole", "classification")
    found = {int(p.stem[5:]) for p in (tmp_path / "whole" / "checkpoints").glob("step=*.ckpt")}
    assert found == {*range(every, 20, every), 10, 20}
    within = tmp_path / "whole" / "checkpoints" / f"step={after}.ckpt"
    run(composed(*options, f"ckpt_path='{within}'"), tmp_path / "resumed", "classification")
    assert_equal_ends(tmp_path / "whole", tmp_path / "resumed", "step=20")
    assert losses(tmp_path / "resumed") == losses(tmp_path / "whole")[-left:]


@pytest.mark.parametrize("step", [10, 14])
def test_from_a_training_that_counts_steps(composed, step, tmp_path):
    options = [*overrides("classification"), "trainer.max_epochs=-1", "trainer.max_steps=24"]
    options += ["callbacks.last.every_n_train_steps=7", "callbacks.last.filename='{step}'"]
    options += ["+callbacks.last.save_top_k=-1"]
    run(composed(*options), tmp_path / "whole", "classification")
    within = tmp_path / "whole" / "checkpoints" / f"step={step}.ckpt"
    run(composed(*options, f"ckpt_path='{within}'"), tmp_path / "resumed", "classification")
    assert_equal_ends(tmp_path / "whole", tmp_path / "resumed", "step=24")


@pytest.mark.slow
def test_of_two_processes(tmp_path):
    options = [*overrides("generation"), "callbacks.last.every_n_train_steps=4"]
    options += ["callbacks.last.filename='{step}'", "+callbacks.last.save_top_k=-1", "threads=1"]
    ddp = ["trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2"]

    def train(folder: str, *more: str) -> None:
        command = [sys.executable, "-m", "seqtasks", *options, *ddp, f"hydra.run.dir={folder}"]
        done = subprocess.run(
            [*command, *more], cwd=tmp_path, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr

    train("whole")
    train("resumed", "ckpt_path='whole/checkpoints/step=8.ckpt'")
    rows = [len(tensor) for tensor in kept(tmp_path / "whole", "step=8")["carried"]]
    assert len(rows) == 4
    assert len(set(rows)) == 1
    assert_equal_ends(tmp_path / "whole", tmp_path / "resumed", "step=12")


def test_an_epoch_laid_out_in_another_way_is_refused(composed, stopped, tmp_path):
    options = overrides("generation")
    stopped(options, "generation", "on_train_batch_start", signal.SIGTERM)
    last = tmp_path / "stopped" / "checkpoints" / "last.ckpt"
    changed = [*options, f"ckpt_path='{last}'", "data.batching.window=8"]
    with pytest.raises(UsageError, match=r"after batch 2 of .* batches 11 there and 22 here"):
        run(composed(*changed), tmp_path / "other", "generation")
    with pytest.raises(UsageError, match="seed 1 there and 2 here"):
        run(composed(*options, f"ckpt_path='{last}'", "seed=2"), tmp_path / "other", "generation")


@pytest.mark.parametrize("folder", ["runs/a", "it's (mine)", "a,b=c", "größe", "a\\'b"])
def test_the_command_to_go_on_can_be_given(folder, monkeypatch):
    given = ["seed=2", "++overwrite=true", "+overwrite=true", "+ckpt_path=old.ckpt", "~lr_finder"]
    monkeypatch.setattr(sys, "argv", ["seqtasks", *given, "++hydra.run.dir=full"])
    path = Path(folder, "last.ckpt")
    words = shlex.split(command(path, {"lr_finder": "none"}))
    *others, (name, value) = [
        (one.key_or_group, one.value())
        for one in OverridesParser.create().parse_overrides(words[3:])
    ]
    assert others == [("seed", 2), ("hydra.run.dir", "full"), ("lr_finder", "none")]
    assert (name, str(value)) == ("ckpt_path", str(path))
    assert "hydra.run.dir" not in command(path, {}, elsewhere=True)
