"""A run from start to end: its name, a test without a training, a training without a test."""

from __future__ import annotations

import json

import pytest
import yaml
from small import SMALL

SHORT = ("task=one_to_one", *SMALL, "examples=0")


def results(folder):
    return json.loads((folder / "metrics.json").read_text())


def test_a_task_name_names_the_folder(cli, tmp_path):
    code, out, error = cli(*SHORT, "task_name=mine", "tags=[a]")
    assert code == 0, error
    assert "Saved: runs/mine/" in out
    [folder] = (path for path in (tmp_path / "runs/mine").iterdir() if not path.is_symlink())
    kept = yaml.safe_load((folder / "config.yaml").read_text())
    assert (kept["task_name"], kept["tags"]) == ("mine", ["a"])
    assert kept["run_name"] == f"mine/{folder.name}"
    assert "# one_to_one" in (folder / "bundle/README.md").read_text()


def test_without_a_test_the_test_data_is_not_looked_at(cli, tmp_path):
    small = [option for option in SHORT if option not in ("report=false", "examples=0")]
    code, out, error = cli(*small, "test=false", "hydra.run.dir=made")
    assert code == 0, error
    assert results(tmp_path / "made")["test"] == {}
    assert "No scores on the test split" in out
    assert "expected" not in out
    assert "looked at" not in (tmp_path / "made/report.html").read_text().lower()
    assert (tmp_path / "made/bundle/model.safetensors").is_file()


@pytest.mark.parametrize("averages", [(), ("callbacks=ema",)])
def test_a_checkpoint_is_tested_without_a_training(cli, tmp_path, averages):
    code, _, error = cli(*SHORT, *averages, "hydra.run.dir=made")
    assert code == 0, error
    last = "ckpt_path=made/checkpoints/last.ckpt"
    code, out, error = cli(*SHORT, "train=false", last, "hydra.run.dir=tested")
    assert code == 0, error
    before, after = results(tmp_path / "made"), results(tmp_path / "tested")
    assert after["test"] == before["test"]  # its one epoch is the best and the last
    for name in ("epochs", "steps", "history"):
        assert after[name] == before[name]
    assert "epoch 1" not in out
    assert not (tmp_path / "tested/checkpoints").exists()


def test_the_whole_configuration_is_printed_as_a_tree(cli):
    code, out, error = cli(*SHORT, "print_config=true")
    assert code == 0, error
    lines = out.splitlines()
    assert lines[0] == "configuration"
    assert any(line.endswith("── encoder") for line in lines)
    assert any(line.endswith(" hidden_size: 12") for line in lines)
    assert max(map(len, lines)) < 300


@pytest.mark.parametrize("kind", ["simple", "pytorch"])
@pytest.mark.filterwarnings("ignore")  # of torch's profiler
def test_a_profiler_leaves_files_that_the_report_names(kind, cli, tmp_path):
    small = [option for option in SHORT if option != "report=false"]
    code, out, error = cli(*small, f"trainer.profiler={kind}", "hydra.run.dir=made")
    assert code == 0, error
    assert "Profile: made/fit-profile.txt" in out
    assert "made/test-profile.txt" in out
    assert "Report" in (tmp_path / "made/fit-profile.txt").read_text()
    assert "fit-profile.txt" in results(tmp_path / "made")["profiles"]
    assert "fit-profile.txt" in (tmp_path / "made/report.html").read_text()


def test_without_callbacks_no_checkpoint_is_written(cli, tmp_path):
    options = [option for option in SHORT if option != "logger=none"]
    code, _, error = cli(*options, "callbacks=none", "logger=csv", "hydra.run.dir=made")
    assert code == 0, error
    assert not [*(tmp_path / "made").rglob("*.ckpt")]
    assert results(tmp_path / "made")["test"]


def test_two_processes_are_tried_on_the_processor(composed):
    trainer = composed("trainer=ddp_sim").trainer
    assert (trainer.accelerator, trainer.devices, trainer.strategy) == ("cpu", 2, "ddp")
    trainer = composed().trainer
    assert (trainer.accelerator, trainer.devices, trainer.strategy) == ("auto", 1, "auto")


def test_logs_in_colours(cli, tmp_path):
    names = ("job_logging", "hydra_logging")
    colours = [f"hydra/{name}=colorlog" for name in names]
    code, _, error = cli(*SHORT, *colours, "hydra.run.dir=made")
    assert code == 0, error
    assert (tmp_path / "made/seqtasks.log").is_file()
