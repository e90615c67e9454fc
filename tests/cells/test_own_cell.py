"""The cell of docs/cells.md: fifteen lines that pass the doctor, train, and export."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest
from small import ROOT, SMALL

import seqtasks
from seqtasks import bundle, doctor, export
from seqtasks.graphs.folder import TOLERANCE, check_parity

DOCS = (ROOT / "docs" / "cells.md").read_text("utf-8")
SECTION = DOCS.partition("## Your own cell\n")[2].partition("\n## ")[0]
[CODE] = re.findall(r"```python\n(.*?)```", SECTION, flags=re.DOTALL)
COMMANDS = re.findall(r"^    (python -m seqtasks.*)$", SECTION, flags=re.MULTILINE)


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "my_cells.py").write_text(CODE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("my_cells", None)


@pytest.mark.usefixtures("module")
def test_fifteen_lines_are_a_cell_that_passes_trains_and_exports(cli, capsys):
    assert len(CODE.strip().splitlines()) <= 15
    examine, train, write = (shlex.split(command)[3:] for command in COMMANDS)
    with pytest.raises(SystemExit) as stop:
        doctor.main(examine)
    assert stop.value.code == 0
    assert "my_cells.LightGRU: all 8 laws hold" in capsys.readouterr().out

    code, _, error = cli(*train, *SMALL, "encoder.num_layers=2")
    assert code == 0, error

    export.main(write)
    model, exported = (
        bundle.load(f"runs/tagging/latest/{name}", trusted=["my_cells"])
        for name in ("bundle", "bundle-onnx")
    )
    lines = ["the dog sleeps", "a cat", "the old men watch the watch ."]
    assert exported.predict(lines) == model.predict(lines)
    dataset = model.read(model.records(lines))
    assert TOLERANCE <= 1e-4
    for graph in model.task.graphs(model.batch(dataset, range(len(dataset)))):
        check_parity(Path("runs/tagging/latest/bundle-onnx") / f"{graph.name}.onnx", graph)


@pytest.mark.usefixtures("module")
def test_python_trains_with_it_and_loads_what_it_saved(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, train, _ = (shlex.split(command)[3:] for command in COMMANDS)
    sample = [f"data.{split}.sentences=20" for split in ("train", "val", "test")]
    model = seqtasks.train(seqtasks.compose(*train, *SMALL, *sample, "report=false"))
    assert type(model.task.encoder.layers[0].cells[0]).__module__ == "my_cells"
    assert model.predict(["a cat"])
