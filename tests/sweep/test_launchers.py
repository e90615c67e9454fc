"""The launchers of runs: the same table from each, and the same word of a run that fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from small import ROOT, SMALL

LAUNCHERS = {
    "joblib": ("hydra_plugins.hydra_joblib_launcher", ["launcher=joblib"]),
    "submitit": (
        "hydra_plugins.hydra_submitit_launcher",
        ["launcher=submitit", "hydra/launcher=submitit_local"],
    ),
    "ray": ("ray", ["launcher=ray"]),
}
WORDS = ["-m", "seed=1,2", "encoder.num_layers=1,0", "task=classification", *SMALL, "examples=0"]
"""Two runs, and two that fail."""


def groups(folder):
    """The table of a sweep, but for where it lies."""
    found = json.loads((folder / "summary.json").read_text())
    for group in found:
        for run in group["runs"]:
            run["folder"] = Path(run["folder"]).name
    return found


@pytest.fixture(scope="module")
def one_after_the_other(tmp_path_factory):
    return swept(tmp_path_factory.mktemp("sweep"))


def swept(folder, *launcher):
    """Sweep in a process of its own."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "RAY_AUTH_MODE": "disabled"}
    path = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, path))
    words = [*WORDS, *launcher, "hydra.sweep.dir=made"]
    command = [sys.executable, "-m", "seqtasks", *words]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert ended.returncode == 1, ended.stderr
    assert "Failed: encoder.num_layers=0 seed=1: " in ended.stdout
    return folder / "made"


@pytest.mark.slow
@pytest.mark.parametrize("name", LAUNCHERS)
def test_every_launcher_comes_to_the_same(name, one_after_the_other, tmp_path):
    module, launcher = LAUNCHERS[name]
    pytest.importorskip(module)
    made = swept(tmp_path, *launcher)
    assert groups(made) == groups(one_after_the_other)
    for folder in (made, one_after_the_other):
        kept = yaml.safe_load((folder / "0" / "bundle" / "config.yaml").read_text())
        assert kept["command"].startswith("python -m seqtasks seed=1 encoder.num_layers=1 task=")
    again = swept(tmp_path, *launcher)
    assert groups(again) == groups(one_after_the_other)
    assert len((again / "jobs.jsonl").read_text().splitlines()) == 6
