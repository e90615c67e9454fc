"""The blocks of code on the pages are whole: they compile, load, and compose."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
import yaml
from documented import PAGES, blocks, name
from small import ROOT

PYTHON = [(page, text) for page in PAGES for text in blocks(page, "python")]
YAML = [(page, text) for page in PAGES for text in blocks(page, "yaml")]
CONFIGURED = [(page, text) for page, text in YAML if re.search(r"^# my_conf/", text, re.M)]
LATEST = re.compile(r"runs/|bundle-onnx|my_cells")


def first(found):
    """A page and the first telling line of a block, for a test's name."""
    return f"{name(found[0])}: {found[1].splitlines()[0]}"


@pytest.mark.parametrize("found", PYTHON, ids=first)
def test_python_compiles(found):
    compile(found[1], str(found[0]), "exec")


@pytest.mark.parametrize("found", YAML, ids=first)
def test_yaml_loads(found):
    assert yaml.safe_load(found[1])


ALONE = [found for found in PYTHON if not LATEST.search(found[1]) and "train(" not in found[1]]


def test_python_that_needs_no_model_runs(tmp_path):
    """All such blocks in one process, each with names of its own."""
    assert len(ALONE) >= 4
    script = "for text in texts: exec(compile(text, 'block', 'exec'), {'__name__': 'block'})"
    done = subprocess.run(
        [sys.executable, "-c", f"texts = {[text for _, text in ALONE]!r}\n{script}"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("found", CONFIGURED, ids=first)
def test_a_configuration_composes(found, tmp_path, monkeypatch):
    """With the command of the page that names its folder."""
    from seqtasks.api import compose

    page, text = found
    path = tmp_path / re.search(r"^# (my_conf/\S+\.yaml)", text, re.M)[1]
    path.parent.mkdir(parents=True)
    path.write_text(text)
    module = re.search(r"_target_: (\w+)\.", text)[1]
    (tmp_path / f"{module}.py").write_text("\n".join(blocks(page, "python")))
    monkeypatch.syspath_prepend(str(tmp_path))
    printed = page.read_text(encoding="utf-8")
    [line] = re.findall(r"python -m seqtasks --config-dir my_conf (.+)", printed)
    assert compose(*line.split(), config_dir=tmp_path / "my_conf")
