"""The page Start, command by command, in the order of the page: small, but as printed."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys

import pytest
from documented import DOCS, blocks
from serving.client import Client
from small import ROOT

PAGE = DOCS / "index.md"
LINES = [line for text in blocks(PAGE, "bash") for line in text.splitlines()]
SHRINK = ["encoder.hidden_size=8", "trainer.max_epochs=1", "logger=none"]


@pytest.fixture
def run(printed_by, tmp_path, monkeypatch):
    """A function that runs a line of the page in a folder: its output."""
    monkeypatch.setenv("COLUMNS", "120")

    def one(line):
        if " -m " in line:
            return printed_by(line, *SHRINK)
        python, *words = shlex.split(line)
        assert python == "python"
        return subprocess.run([sys.executable, *words], cwd=tmp_path, check=True)

    return one


def test_the_page_runs_from_the_file_to_the_answer(run, tmp_path):
    [script] = blocks(PAGE, "python")
    (tmp_path / re.search(r"# (\S+\.py)", script)[1]).write_text(script)
    lines = [line for line in LINES if line.startswith(("python", "echo")) and "serve" not in line]
    assert len(lines) == 7
    printed = {line: run(line) for line in lines}
    assert (tmp_path / "reviews.csv").read_text().startswith("review,verdict\n")
    training = [text for line, text in printed.items() if "-m seqtasks " in line]
    assert all("this model" in text for text in training)
    for line in ("data=table (the file ends in .csv)", "data.label.column=verdict (few values)"):
        assert line in training[0]
        assert line in PAGE.read_text(encoding="utf-8")
    [answer] = [text for line, text in printed.items() if "seqtasks.predict" in line]
    assert answer in ("good\n", "bad\n")
    run_folder = tmp_path / "runs" / "classification" / "latest"
    for part in ("report.html", "bundle", "checkpoints", "metrics.json", "config.yaml"):
        assert (run_folder / part).exists(), part
    assert "encoder.cell" in printed[next(line for line in lines if "compare" in line)]
    answered(tmp_path / "runs" / "classification" / "latest" / "bundle")


def answered(folder):
    """Start the server of the page on a free port, and send it the request of the page."""
    [serve] = [shlex.split(line) for line in LINES if "seqtasks.serve" in line]
    [curl] = [shlex.split(line) for line in LINES if line.startswith("curl")]
    root = folder.parents[3]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *serve[1:], "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root, env=environment
    ) as server:
        try:
            port = int(re.search(rb":(\d+) ", server.stdout.readline())[1])
            client = Client(port)
            client.until_healthy()
            assert curl[1].endswith(":8000/predict")
            reply = client.ask("POST", "/predict", curl[-1].encode(), Content_Type=curl[3][14:])
        finally:
            server.terminate()
    assert reply.status == 200
    [found] = reply.body["predictions"]
    [shown] = [json.loads(text) for text in blocks(PAGE, "text") if text.startswith("{")]
    assert found.keys() == shown["predictions"][0].keys()
    assert found["prediction"] in ("good", "bad")
