"""A sweep that is killed, and goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small import ROOT, SMALL

pytestmark = pytest.mark.filterwarnings("ignore:Checkpoint directory .* is not empty:UserWarning")

WORDS = ["-m", "seed=1,2,3", "task=classification", *SMALL, "examples=0", "trainer.max_epochs=3"]


def scores(folder: str) -> list[dict[str, float]]:
    """What the runs of a sweep have come to."""
    [group] = json.loads(Path(folder, "summary.json").read_text())
    assert [Path(run["folder"]).name for run in group["runs"]] == ["0", "1", "2"]
    return [run["scores"] for run in group["runs"]]


def test_a_sweep_that_is_killed_goes_on_to_the_same_table(cli, tmp_path):
    words = [word for word in WORDS if word != "trainer.max_epochs=1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "seqtasks", *words, "hydra.sweep.dir=killed"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
    checkpoint = tmp_path / "killed" / "1" / "checkpoints" / "last.ckpt"
    while process.poll() is None and not checkpoint.exists():
        time.sleep(0.01)
    process.kill()
    assert process.wait() == -9
    record = (tmp_path / "killed" / "jobs.jsonl").read_text()
    assert record.count("\n") == 1
    code, out, error = cli(*words, "hydra.sweep.dir=killed")
    assert (code, error) == (0, "")
    assert out.startswith("Going on in killed: 1 of 3 runs are done\nRun 1: ")
    assert (tmp_path / "killed" / "jobs.jsonl").read_text().startswith(record)
    assert cli(*words, "hydra.sweep.dir=whole")[0] == 0
    assert scores("killed") == scores("whole")
