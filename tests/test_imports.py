"""Who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import seqtasks

PACKAGE = Path(seqtasks.__file__).parent
ROOT = PACKAGE.parent
TASKS = sorted((ROOT / "tasks").glob("*.py"))
LIBRARY = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def touches(path: Path, *packages: str) -> set[str]:
    return {n for n in imported(path) for p in packages if n == p or n.startswith(f"{p}.")}


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_library_knows_no_task(path):
    assert not touches(path, "tasks", "seqtasks.tasks")


@pytest.mark.parametrize("path", TASKS, ids=lambda path: path.name)
def test_no_task_imports_a_task(path):
    assert not touches(path, "tasks", "seqtasks.tasks")


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in LIBRARY
        if path.relative_to(PACKAGE).parts[0] in ("cells", "decoding", "graphs", "heads")
        or path.name in ("encoder.py", "embedding.py", "dropout.py")
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_the_model_knows_neither_lightning_nor_hydra(path):
    assert not touches(path, "pytorch_lightning", "hydra", "omegaconf")


@pytest.mark.parametrize("path", [*LIBRARY, *TASKS], ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_entry_knows_hydra(path):
    entry = {PACKAGE / name for name in ("__main__.py", "run.py", "usage.py", "sweep/callback.py")}
    if path not in entry:
        assert not touches(path, "hydra", "omegaconf")


ONNX = ("seqtasks.graphs.tracing", "seqtasks.graphs.eight_bit", "seqtasks.graphs.writer")


def test_nothing_needs_onnx_but_an_export():
    code = "import sys; sys.modules['onnx'] = sys.modules['onnxruntime'] = None\n"
    code += "import seqtasks.bundle, seqtasks.continuation, seqtasks.tasks.translation\n"
    code += f"assert not {{*{ONNX}}} & {{*sys.modules}}"
    subprocess.run([sys.executable, "-c", code], check=True)
