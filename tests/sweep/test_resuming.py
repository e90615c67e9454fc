"""Sweeps that go on where an earlier one has ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small import SMALL

from seqtasks.errors import Interrupted, UsageError
from seqtasks.sweep.run import SweepRun, read_runs, record_run

NINE = ("-m", "encoder.cell=elman,gru,lstm", "seed=1,2,3")


@pytest.fixture
def pretend(monkeypatch):
    """What takes the place of a run, and what was run: the seed and the cell."""
    given = []

    def replace(behaviour=lambda config: None):
        def run(config, folder, task_name, began, trial, share):
            given.append((config.encoder.cell, config.seed))
            behaviour(config)
            return {"test": {"loss": config.seed / 10 + len(config.encoder.cell)}}

        monkeypatch.setattr("seqtasks.run.run", run)
        return given

    return replace


def table(folder):
    """The table of a sweep, but for where it lies."""
    groups = json.loads(Path(folder, "summary.json").read_text(encoding="utf-8"))
    for group in groups:
        for run in group["runs"]:
            run["folder"] = Path(run["folder"]).name
    return groups, Path(folder, "summary.md").read_text(encoding="utf-8")


def test_an_interrupted_sweep_goes_on_to_the_same_table(cli, pretend):
    def interrupted(config):
        if len(given) == 5:
            raise Interrupted("interrupted after 2 epochs")

    given = pretend()
    assert cli(*NINE, "hydra.sweep.dir=whole")[0] == 0
    given.clear()
    pretend(interrupted)
    code, out, _ = cli(*NINE, "hydra.sweep.dir=parts")
    assert (code, len(given)) == (1, 5)
    assert out.count("Not done: ") == 5
    assert "To go on: python -m seqtasks -m encoder.cell=elman,gru,lstm seed=1,2,3 hydra" in out
    given.clear()
    pretend()
    code, out, _ = cli(*NINE, "hydra.sweep.dir=parts")
    assert (code, len(given)) == (0, 5)
    assert out.startswith("Going on in parts: 4 of 9 runs are done\nRun 4: ")
    assert table("parts") == table("whole")
    assert cli(*NINE, "hydra.sweep.dir=parts")[0] == 0
    assert len(given) == 5


def test_a_run_is_known_by_its_options(cli, pretend):
    given = pretend()
    assert cli("-m", "seed=1,2", "encoder.cell=gru", "hydra.sweep.dir=made")[0] == 0
    assert cli("-m", "encoder.cell=lstm,gru", "seed=2,3", "hydra.sweep.dir=made")[0] == 0
    assert given == [("gru", 1), ("gru", 2), ("lstm", 2), ("lstm", 3), ("gru", 3)]
    assert [run.number for run in read_runs(Path("made"))] == [0, 1, 2, 3, 4]
    [record, *_] = read_runs(Path("made"))[2:]
    assert (Path(record.folder).name, record.options) == (
        "2",
        {"encoder.cell": "lstm", "seed": "2"},
    )


def test_a_run_that_failed_is_done_again_and_the_others_are_not(cli, pretend):
    def behaviour(config):
        if config.seed == 2:
            raise UsageError("this seed is no good")

    given = pretend(behaviour)
    assert cli("-m", "seed=1,2,3", "hydra.sweep.dir=made")[0] == 1
    pretend()
    given.clear()
    code, out, _ = cli("-m", "seed=1,2,3", "hydra.sweep.dir=made")
    assert (code, given) == (0, [("lstm", 2)])
    assert "Failed" not in out
    [group], _ = table("made")
    assert [run["folder"] for run in group["runs"]] == ["0", "1", "2"]


def test_the_latest_sweep_is_resumed_by_a_word(cli, pretend):
    given = pretend()
    code, _, error = cli("-m", "seed=1,2", "sweep.resume=latest")
    assert (code, error[:41]) == (2, "seqtasks: sweep.resume: there is no sweep")
    assert cli("-m", "seed=1,2")[0] == 0
    assert cli("-m", "seed=1,2,3", "sweep.resume=latest")[0] == 0
    assert [seed for _, seed in given] == [1, 2, 3]
    [folder] = [path for path in Path("runs/tagging").iterdir() if path.is_dir()]
    assert len(read_runs(folder)) == 3
    code, _, error = cli("-m", "seed=7,8", "sweep.resume=latest")
    assert (code, len(given)) == (2, 3)
    assert "holds a sweep of other runs" in error
    assert cli("-m", "seed=2,3", f"sweep.resume={folder}")[0] == 0
    assert len(given) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["seed=1"], "sweep.resume: only several runs are resumed"),
        (["-m", "seed=1,2", "overwrite=true"], "overwrite: it would remove what is to be resumed"),
        (["-m", "seed=1,2", "hydra/sweeper=basic"], "sweep.resume: this sweeper begins anew"),
    ],
)
def test_what_cannot_be_resumed_is_refused(cli, pretend, words, said):
    given = pretend()
    code, _, error = cli(*words, "sweep.resume=latest")
    assert (code, given) == (2, [])
    assert said in error


def test_a_record_that_a_killed_process_has_left_half_written_counts_for_nothing(tmp_path):
    record_run(tmp_path, SweepRun(0, "0", {"seed": "1"}, {"loss": 1.0}))
    with (tmp_path / "jobs.jsonl").open("a") as file:
        file.write('{"number": 1, "fol')
    assert [run.number for run in read_runs(tmp_path)] == [0]
    record_run(tmp_path, SweepRun(2, "2", {"seed": "3"}, {"loss": 3.0}))
    record_run(tmp_path, SweepRun(1, "1", {"seed": "2"}, {}, "no memory"))
    record_run(tmp_path, SweepRun(1, "1", {"seed": "2"}, {"loss": 2.0}))
    assert [run.scores["loss"] for run in read_runs(tmp_path)] == [1.0, 2.0, 3.0]


def test_a_full_disk_ends_a_sweep_which_goes_on_when_there_is_room(cli, pretend):
    def full(config):
        if config.seed == 2:
            raise OSError(28, "No space left on device", "made/1/checkpoints/last.ckpt")

    given = pretend(full)
    code, out, error = cli("-m", "seed=1,2,3", "hydra.sweep.dir=made")
    assert (code, len(given)) == (1, 2)
    assert "No space left on device" in error
    assert "Not done: seed=2\nNot done: seed=3\n" in out
    pretend()
    assert cli("-m", "seed=1,2,3", "hydra.sweep.dir=made")[0] == 0
    assert [run.number for run in read_runs(Path("made"))] == [0, 1, 2]


def test_any_sweeper_gets_the_score_of_the_validation(cli, monkeypatch):
    told = []
    monkeypatch.setattr(
        "seqtasks.__main__.score_of", lambda results: told.append(results["optimized"]) or 0.5
    )
    words = [*SMALL, "task=classification", "hydra.run.dir=a"]
    assert cli(*words, "optimized_metric=val/loss")[0] == 0
    [found] = told
    assert (found["monitor"], found["mode"]) == ("val/loss", "min")
    kept = json.loads(Path("a", "metrics.json").read_text())
    assert kept["optimized"]["score"] == kept["history"][0]["val/loss"]
