"""Runs and sweeps by the command line and from Python, each in a folder of its own."""

from __future__ import annotations

import csv
import json
import os
import re
from datetime import datetime as clock

import pytest
from small import SMALL

import seqtasks
from seqtasks.cli.checked import as_plain
from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.reporting.run_folder import write_config

pytestmark = pytest.mark.filterwarnings("ignore:Checkpoint directory .* is not empty:UserWarning")


@pytest.fixture
def pretend(monkeypatch):
    """Takes the place of training: leaves scores in the folder of each run, and its name here."""
    folders = []

    def run(config, folder, task_name, command=None, began=None, trial=None, share=None):
        folders.append(folder)
        write_config(folder, as_plain(config))
        (folder / "metrics.json").write_text(json.dumps({"test": {"loss": config.seed}}))
        return {"test": {"loss": config.seed}}

    monkeypatch.setattr("seqtasks.run.run", run)
    return folders


@pytest.fixture
def stopped_clock(monkeypatch):
    """Every run begins in the same second."""

    class Stopped(clock):
        @classmethod
        def now(cls, tz=None):
            return clock(2026, 1, 2, 10, 0, 0)

    monkeypatch.setattr("hydra.core.utils.datetime", Stopped)
    monkeypatch.setattr("seqtasks.api.datetime", Stopped)


def test_runs_of_one_second(cli, pretend, stopped_clock):
    for seed in (1, 2):
        code, _, error = cli(f"seed={seed}")
        assert code == 0, error
    first, second = pretend
    assert (first.name, second.name) == ("2026-01-02_10-00-00", "2026-01-02_10-00-00_2")
    assert json.loads((first / "metrics.json").read_text())["test"] == {"loss": 1}
    assert {*os.listdir(second)} == {".seqtasks", "config.yaml", "metrics.json", "seqtasks.log"}


def test_sweeps_of_one_second(cli, pretend, stopped_clock, tmp_path):
    for _ in range(2):
        code, _, error = cli("-m", "seed=1,2")
        assert code == 0, error
    parents = [folder.relative_to(tmp_path).as_posix() for folder in pretend]
    assert parents == [
        *(f"runs/tagging/2026-01-02_10-00-00/{number}" for number in (0, 1)),
        *(f"runs/tagging/2026-01-02_10-00-00_2/{number}" for number in (0, 1)),
    ]


def test_a_folder_that_a_person_names_is_one_runs(cli, pretend, tmp_path):
    mine = tmp_path / "it's (mine)"
    options = ["hydra.run.dir='it\\'s (mine)'"]
    assert cli(*options)[0] == 0
    code, _, error = cli(*options, "seed=2")
    assert (code, error.count("\n")) == (1, 1)
    assert "mine) holds a run; replace it with overwrite=true, or name another folder" in error
    assert cli(*options, "seed=3", "overwrite=true")[0] == 0
    assert json.loads((mine / "metrics.json").read_text())["test"] == {"loss": 3}
    assert cli("-m", "seed=4", "hydra.sweep.dir='it\\'s (mine)'")[0] == 1


def test_a_text_does_not_say_that_a_run_may_go(cli, pretend, tmp_path, monkeypatch):
    assert cli("hydra.run.dir=mine")[0] == 0
    assert cli("-m", "seed=1,2", "hydra.sweep.dir=made")[0] == 0
    jobs = ["hydra.sweep.dir=other", "hydra.sweep.subdir=../mine"]
    for options in (["hydra.run.dir=mine"], ["-m", "hydra.sweep.dir=made"], ["-m", *jobs]):
        code, out, error = cli(*options, "overwrite=no", "seed=7")
        assert code
        assert "overwrite: it is true or false, not the text 'no'" in out + error
    monkeypatch.chdir(tmp_path)
    config = seqtasks.compose("overwrite=no")
    with pytest.raises(UsageError, match="overwrite: it is true or false, not the text 'no'"):
        seqtasks.train(config, "mine")
    assert len(pretend) == 3


def test_a_project_in_which_runs_fail_keeps_its_files(cli, monkeypatch, tmp_path):
    def fail(*others, **options):
        raise SeqtasksError("the data are bad; correct them")

    monkeypatch.setattr("seqtasks.run.run", fail)
    for name in ("csv/train.tsv", "tensorboard/x", ".lock"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine")
    for more in ([], [], ["overwrite=true"]):
        code, _, error = cli("hydra.run.dir=.", *more)
        assert (code, "the data are bad" in error) == (1, True)
    for name in ("csv/train.tsv", "tensorboard/x", ".lock"):
        assert (tmp_path / name).read_text() == "mine"


def test_a_sweep_keeps_its_runs_and_does_those_that_are_new(cli, pretend, tmp_path):
    assert cli("-m", "seed=1,2,3", "hydra.sweep.dir=made")[0] == 0
    assert cli("-m", "seed=3,4", "hydra.sweep.dir=made")[0] == 0
    assert [folder.name for folder in pretend] == ["0", "1", "2", "3"]
    [group] = json.loads((tmp_path / "made" / "summary.json").read_text())
    assert [run["label"] for run in group["runs"]] == [f"seed={seed}" for seed in (1, 2, 3, 4)]
    assert cli("-m", "seed=4", "hydra.sweep.dir=made", "overwrite=true")[0] == 0
    [group] = json.loads((tmp_path / "made" / "summary.json").read_text())
    assert group["scores"]["loss"]["mean"] == 4
    assert sorted(name for name in os.listdir(tmp_path / "made") if name.isdigit()) == ["0"]


def test_jobs_that_are_given_one_folder(cli, pretend, tmp_path):
    code, out, _ = cli("-m", "seed=1,2", "hydra.sweep.dir=made", "hydra.sweep.subdir=all")
    assert code == 1
    assert re.search(r"Failed: seed=2: .*made/all holds a run", out)
    assert len(pretend) == 1


def test_a_run_is_resumed_in_its_folder(cli, tmp_path):
    small = [option for option in SMALL if not option.startswith(("logger", "trainer"))]
    small += ["logger.tensorboard=null", "trainer.log_every_n_steps=1", "scheduler=constant"]
    for folder, epochs in (("whole", 2), ("mine", 1)):
        code, _, error = cli(*small, f"hydra.run.dir={folder}", f"trainer.max_epochs={epochs}")
        assert code == 0, error
    command = [*small, "hydra.run.dir=mine", "trainer.max_epochs=2"]
    code, _, error = cli(*command)
    assert "resume it with ckpt_path=mine/checkpoints/last.ckpt, replace it" in error
    code, _, error = cli(*command, "ckpt_path=mine/checkpoints/last.ckpt")
    assert (code, error) == (0, "")
    history = json.loads((tmp_path / "mine" / "metrics.json").read_text())["history"]
    assert [row["epoch"] for row in history] == [1, 2]
    steps = []
    for folder in ("whole", "mine"):
        with (tmp_path / folder / "csv" / "metrics.csv").open() as lines:
            steps.append([row["step"] for row in csv.DictReader(lines)])
    assert steps[0] == steps[1]


def test_runs_from_python(monkeypatch, tmp_path, stopped_clock):
    folders = []

    def run(config, folder, task_name, command):
        folders.append(folder)
        write_config(folder, as_plain(config))
        (folder / "metrics.json").touch()

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("seqtasks.api.run", run)
    monkeypatch.setattr("seqtasks.api.load", lambda folder, trusted: folder)
    config = seqtasks.compose("task=classification")
    assert seqtasks.train(config).parent.name == "2026-01-02_10-00-00"
    assert seqtasks.train(config).parent.name == "2026-01-02_10-00-00_2"
    seqtasks.train(config, "mine")
    with pytest.raises(SeqtasksError, match="mine holds a run; replace it with overwrite=true"):
        seqtasks.train(config, "mine")
    seqtasks.train(seqtasks.compose("overwrite=true"), "mine")
    assert len(folders) == 4
    assert "SEQTASKS_RUN" not in os.environ
