"""The command of a search."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path

import pytest
import yaml
from omegaconf import OmegaConf
from searched import result
from small import SMALL

from seqtasks import bundle
from seqtasks.bundle.files import FORMAT
from seqtasks.errors import Interrupted
from seqtasks.sweep.tuning import search as searching

TUNE = ("task=classification", "sweep=tune", "hydra.sweep.dir=made")


@pytest.fixture
def pretend(monkeypatch, tmp_path):
    """What takes the place of a run: it scores a configuration; and the trials, in their order."""
    trials = []

    def replace(score):
        def run(config, folder, task_name, began, trial, share):
            trials.append(trial)
            OmegaConf.save(OmegaConf.create(OmegaConf.to_container(config)), folder / "config.yaml")
            (folder / "checkpoints").mkdir(exist_ok=True)
            (folder / "checkpoints" / "last.ckpt").touch()
            if trial.checkpoint is None:
                return result([score(config)])
            (folder / "bundle").mkdir(exist_ok=True)
            manifest = {"format": FORMAT, "sha256": {"model.safetensors": ""}}
            (folder / "bundle" / "manifest.json").write_text(json.dumps(manifest))
            (folder / "bundle" / "model.safetensors").write_text(str(trial.number))
            return {"test": {"accuracy": 0.5}}

        monkeypatch.setattr("seqtasks.run.run", run)
        monkeypatch.setattr(searching, "newest_whole", lambda folders: folders[0] / "last.ckpt")
        return trials

    return replace


def by_rate(config):
    return config.optimizer.lr / (1 + config.encoder.num_layers)


def test_a_search_ends_with_the_best_bundle_and_its_command(cli, tmp_path, pretend):
    trials = pretend(by_rate)
    code, out, error = cli(*TUNE, "tune.trials=6", "encoder.num_layers=1")
    assert (code, error) == (0, "")
    assert [trial.number for trial in trials[:6]] == list(range(6))
    rows = [*csv.DictReader((tmp_path / "made" / "tune.csv").read_text().splitlines())]
    best = rows[0]
    assert trials[6].number == int(best["run"])
    assert trials[6].checkpoint == str(Path("made", best["run"], "checkpoints", "last.ckpt"))
    assert float(best["val/accuracy"]) == max(float(row["val/accuracy"]) for row in rows)
    assert "encoder.num_layers" not in best  # typed
    assert (tmp_path / "made" / "bundle" / "model.safetensors").read_text() == best["run"]
    assert (tmp_path / "latest").exists()
    kept = json.loads((tmp_path / "made" / "summary.json").read_text())
    assert kept["command"] in out
    assert "task.head.label_smoothing" in best  # of conf/hparams_search/classification.yaml
    assert "Report of a search" in (tmp_path / "made" / "report.html").read_text()
    words = shlex.split(kept["command"])
    assert words[:5] == ["python", "-m", "seqtasks", "task=classification", "encoder.num_layers=1"]
    assert f"optimizer.lr={best['optimizer.lr']}" in words
    assert not [word for word in words if word.startswith(("sweep", "tune", "hydra", "+"))]


def test_what_is_typed_is_searched_as_it_is_typed(cli, pretend):
    given = []

    def score(config):
        given.append((config.optimizer.lr, config.encoder.cell, config.encoder.hidden_size))
        return 0.5

    pretend(score)
    options = ("optimizer.lr=interval(0.1,0.2)", "encoder.cell=gru,sru", "tune.space.task=null")
    code, _, error = cli(
        *(*TUNE, "tune.trials=9", *options, "tune.space.encoder.hidden_size=choice(8,16)")
    )
    assert (code, error) == (0, "")
    first, *others = given
    assert first == (0.003, "lstm", 128)
    assert all(0.003 <= rate <= 0.2 for rate, _, _ in others)
    assert {cell for _, cell, _ in given} == {"lstm", "gru", "sru"}
    assert {size for _, _, size in given} <= {8, 16, 128}
    [row, *_] = csv.DictReader(Path("made", "tune.csv").read_text().splitlines())
    assert not [name for name in row if name.startswith("task.")]


def test_a_misspelt_option_is_refused_before_anything_runs(cli, pretend):
    trials = pretend(by_rate)
    code, _, error = cli(*TUNE, "optimizer.rl=interval(0.1,0.2)")
    assert (code, trials) == (2, [])
    assert error == "seqtasks: there is no option 'optimizer.rl'; Did you mean 'optimizer.lr'?\n"


def test_an_interrupted_search_says_how_to_go_on_and_does(cli, tmp_path, pretend):
    def score(config):
        if len(trials) == 3:
            raise Interrupted("interrupted after 2 epochs")
        return by_rate(config)

    trials = pretend(score)
    code, out, error = cli(*TUNE, "tune.trials=4")
    assert (code, error) == (1, "seqtasks: interrupted\n")
    assert "2 runs by val/accuracy" in out
    again, end = (
        shlex.split(line.partition(": ")[2])[3:]
        for line in out.splitlines()
        if line.startswith("To ")
    )
    assert again == [*TUNE[:2], "tune.trials=4", "hydra.sweep.dir=made"]
    code, out, error = cli(*end)
    assert (code, error) == (0, "")
    assert "2 runs by val/accuracy" in out
    assert (tmp_path / "made" / "bundle" / "manifest.json").is_file()
    assert cli(*again)[0] == 0
    assert [trial.number for trial in trials] == [0, 1, 2, trials[3].number, 2, 3, trials[6].number]


def test_a_search_does_not_take_the_folder_of_another_command(cli, pretend):
    pretend(by_rate)
    assert cli(*TUNE, "tune.trials=1")[0] == 0
    code, _, error = cli(*TUNE, "tune.trials=2", "seed=2")
    assert code == 2
    assert (
        "holds a search with the options task=classification, not task=classification se" in error
    )
    code, _, error = cli("sweep=seeds", "hydra.sweep.dir=made")
    assert (code, error.partition(";")[0]) == (1, "seqtasks: made holds a search")
    assert cli(*TUNE, "tune.trials=2", "seed=2", "overwrite=true")[0] == 0
    kept = json.loads(Path("made", "summary.json").read_text())
    assert len(kept["runs"]) == 2


@pytest.mark.filterwarnings("ignore:Checkpoint directory .* is not empty:UserWarning")
def test_a_search_trains_tests_once_and_leaves_a_bundle(cli, tmp_path):
    small = [option for option in SMALL if "hidden_size" not in option]
    space = ["tune.space.encoder=null", "tune.space.data=null", "encoder.hidden_size=8"]
    code, out, error = cli(*TUNE, "tune.trials=2", *small, *space)
    assert (code, error) == (0, "")
    assert out.count("this model") == 1
    assert [line for line in out.splitlines() if line.startswith(("Saved:", "Next:"))] == [
        "Saved: made/bundle",
        "Next:  python -m seqtasks.predict made/bundle --input FILE",
    ]
    runs = json.loads((tmp_path / "made" / "summary.json").read_text())
    best, other = (row["number"] for row in runs["runs"])
    metrics = json.loads((tmp_path / "made" / str(best) / "metrics.json").read_text())
    assert metrics["epochs"] == 1
    assert metrics["history"][0]["val/accuracy"] == pytest.approx(runs["runs"][0]["score"])
    assert not (tmp_path / "made" / str(other) / "metrics.json").exists()
    assert bundle.load(tmp_path / "made" / "bundle").answers([{"tokens": "a good film"}])
    made = yaml.safe_load((tmp_path / "made" / "bundle" / "config.yaml").read_text())
    assert made["command"] == runs["command"]
    words = shlex.split(runs["command"])[3:]
    assert cli(*words, "hydra.run.dir=alone")[0] == 0
    alone = json.loads((tmp_path / "alone" / "metrics.json").read_text())
    assert alone["test"] == metrics["test"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("optimizer.lr=interval(0.1,0.01)", "optimizer.lr: 0.1 to 0.01 is no range"),
        ("optimizer.lr=tag(log,interval(0,0.1))", "optimizer.lr: 0 to 0.1 is no range of ratios"),
        ("tune.space.optimizer.lr=tag(time,interval(1,2))", "optimizer.lr: there is no 'time'"),
        ("encoder.hidden_size=tag(times,choice(1,big))", "encoder.hidden_size: 1, big multiply"),
    ],
)
def test_a_typed_range_is_checked_before_the_first_run(cli, pretend, typed, said):
    trials = pretend(by_rate)
    code, _, error = cli(*TUNE, "tune.trials=2", typed)
    assert code != 0
    assert said in error
    assert not trials
