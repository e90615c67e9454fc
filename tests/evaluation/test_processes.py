"""Two processes evaluate together what one evaluates alone."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from small import SMALL

from seqtasks.run import run

TEXTS = [
    "red fish",
    "a blue fish swims by",
    "one fish",
    "two red fish eat a fish",
    "by the sea",
] * 4
TASKS = {
    "generation": [
        "data=lines",
        "data/batching=streams",
        "data.batching.batch_size=4",
        "data.batching.window=4",
        "task.head.calibrate=true",
    ],
    "classification": ["data=lines", "data.batching.batch_size=3"],
}


@pytest.mark.parametrize("task", TASKS)
def test_scores_of_two_processes_are_those_of_one(task, composed, tmp_path):
    lines = [f"{'pn'[number % 2]} {text}\n" for number, text in enumerate(TEXTS)]
    for name, count in (("train", 20), ("val", 7), ("test", 5)):
        unseen = [] if name == "train" else [f"q {TEXTS[0]}\n"]  # in the first process alone
        (tmp_path / f"{name}.txt").write_text("".join([*unseen, *lines[:count]][:count]))
    files = [f"data.{name}={tmp_path}/{name}.txt" for name in ("train", "val", "test")]
    options = [f"task={task}", *TASKS[task], *files, "optimizer.lr=0", "threads=1", "preset=none"]
    options += [option for option in SMALL if "sentences" not in option]
    ddp = ["trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2"]
    options_of_both = [*options, *ddp, "hydra.run.dir=both", "report=true"]
    command = [sys.executable, "-m", "seqtasks", *options_of_both]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "both" / "report.html").is_file()
    said = (done.stdout + done.stderr).count("that training never shows")
    assert said == (2 if task == "classification" else 0)  # of two splits, by the first process
    both = json.loads((tmp_path / "both" / "metrics.json").read_text())
    alone = run(composed(*options), tmp_path / "alone", task)
    assert both["test"] == pytest.approx(alone["test"], rel=1e-6)
    found, expected = both["report"], alone["report"]
    assert found["temperature"] == pytest.approx(expected["temperature"], rel=1e-5)
    assert found["temperature"] != 1
    assert found.get("confusion") == expected.get("confusion")
    assert both["baselines"] == alone["baselines"]
    [row], [other] = both["history"][-1:], alone["history"][-1:]
    assert row["val/loss"] == pytest.approx(other["val/loss"], rel=1e-6)
