"""Every benchmark of speed runs, at the smallest size, and the page is made of what it finds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from small import ROOT


@pytest.fixture(autouse=True)
def benchmarks(monkeypatch):
    """The folder of benchmarks, where they find each other."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


def ran(name: str, folder: Path, *options: str | Path) -> None:
    command = [sys.executable, ROOT / "benchmarks" / "all.py", "--small", "--only", name]
    done = subprocess.run(
        [*command, "--folder", folder, *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads((folder / f"{name}.json").read_text())
    assert {"threads", "torch", "pytorch-lightning", "processor"} <= set(found["machine"])
    assert found["speeds"] or found["notes"]


@pytest.mark.parametrize("name", ["language_model", "step", "start", "growth", "gpu"])
def test_a_benchmark_runs(name, tmp_path):
    ran(name, tmp_path)


@pytest.mark.parametrize("name", ["translation", "tagger"])
def test_a_benchmark_of_real_data_runs(name, tmp_path, real_data):
    ran(name, tmp_path, "--data", real_data)


def test_the_page_shows_ratios_and_exponents():
    from all import page

    machine = {"device": "cpu", "threads": 1}
    speeds = {"training": {"seqtasks": 3000.0, "plain": 1500.0}}
    grown = {
        "size": [1, 10],
        "seconds": [0.1, 1.0],
        "megabytes": [None, 20.0],
        "expected": 1,
        "exponent": 1.0,
        "exponent of memory": 0.9,
    }
    text = page(
        {
            "language_model": {"machine": machine, "speeds": speeds, "notes": {"share": 0.5}},
            "growth": {"machine": machine, "speeds": {}, "notes": {"batch": grown}},
        }
    )
    assert "| training | **2.00 ×** plain | 3,000 | plain 1,500 |" in text
    assert "| batch | 1 to 10 | 1.00 | 20 | 1.0 (1) | 0.9 |" in text
    assert "threads 1" in text


def test_the_exponent_is_that_of_the_upper_half():
    from growth import slope

    sizes = [1, 10, 100, 1000]
    assert slope(sizes, [5.0, 5.0, 1e4, 1e6]) == 2.0
    assert slope([1], [5.0]) is None
