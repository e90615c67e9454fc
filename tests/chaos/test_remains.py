"""What the attacks look for is found."""

from __future__ import annotations

import json

import torch
from chaos.remains import damaged, difference, differences, last_line
from safetensors.torch import save_file


def test_a_checkpoint_that_is_cut_off_is_damaged(tmp_path):
    path = tmp_path / "run-1" / "checkpoints" / "last.ckpt"
    path.parent.mkdir(parents=True)
    torch.save({"global_step": 3}, path)
    assert damaged(tmp_path) == ""
    path.write_bytes(path.read_bytes()[:-30])
    assert damaged(tmp_path).startswith(f"{path} is damaged: RuntimeError")


def test_an_empty_file_of_scores_is_damaged(tmp_path):
    path = tmp_path / "run-2" / "metrics.json"
    path.parent.mkdir()
    path.touch()
    assert damaged(tmp_path).startswith(f"{path} is damaged: JSONDecodeError")


def test_a_link_to_nothing_is_damaged(tmp_path):
    (tmp_path / "latest").symlink_to("gone")
    assert damaged(tmp_path).endswith("latest names no folder: gone")


def test_the_first_difference_is_named():
    here, there = ({"a": [1, {"b": value}], "c": 2} for value in (3, 4))
    assert difference(here, here, "x") == ""
    assert difference(here, there, "x") == "x.a[1].b is 4 in place of 3"
    assert difference([1], [1, 2], "x") == "x is [1, 2] in place of [1]"
    assert difference(1, None, "x") == "x is None in place of 1"


def test_runs_differ_in_scores_weights_and_files_but_not_in_the_time(tmp_path):
    def run(name, score=0.5, weights=1.0, seconds=1.0):
        folder = tmp_path / name
        (folder / "bundle").mkdir(parents=True)
        metrics = {"test": {"loss": score}, "history": [{"seconds": seconds}], "seconds": seconds}
        (folder / "metrics.json").write_text(json.dumps(metrics))
        save_file({"w": torch.tensor([weights])}, folder / "bundle" / "model.safetensors")
        return folder

    whole = run("whole")
    assert differences(whole, run("later", seconds=2.0)) == ""
    assert "test.loss is 0.6 in" in differences(whole, run("other scores", score=0.6))
    assert "model.safetensors differs" in differences(whole, run("other weights", weights=2.0))
    (whole / "config.yaml").touch()
    assert "['config.yaml'] not there" in differences(whole, run("without a file"))


def test_the_last_line_says_something():
    assert last_line("one\ntwo\n\n") == "two"
    assert last_line("") == ""
