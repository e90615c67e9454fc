"""The benchmark of the defaults, on a data set that it is given."""

from __future__ import annotations

import subprocess
import sys

from small import ROOT


def test_files_and_a_task_give_a_row(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    from defaults import CASES

    folder = tmp_path / "trec"
    folder.mkdir()
    lines = "".join(f"{label} what is {label}{n} ?\n" for label in "abc" for n in range(12))
    for name in ("train.txt", "test.txt"):
        (folder / name).write_text(lines)
    command = [sys.executable, ROOT / "benchmarks" / "defaults.py", tmp_path]
    options = ["trainer.max_epochs=1", "--only", "trec"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    assert "trec" in done.stdout.splitlines()[-2]
    assert f"{CASES['trec'].recipe:.4f}" in done.stdout.splitlines()[-2]
