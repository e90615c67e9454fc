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
    cli = ("cli/hydra_errors.py", "cli/parts.py")
    entries = ("__main__.py", "api.py", "run.py", "sweep/callback.py", *cli)
    if path not in {PACKAGE / name for name in entries}:
        assert not touches(path, "hydra", "omegaconf")


@pytest.mark.parametrize("path", [*LIBRARY, *TASKS], ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_server_knows_http(path):
    parts = path.relative_to(ROOT).parts
    if "serving" not in parts and path.name != "serve.py":
        assert not touches(path, "fastapi", "starlette", "uvicorn", "pydantic", "seqtasks.serving")


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "serving").glob("*.py")), ids=lambda path: path.name
)
def test_the_server_knows_neither_lightning_nor_tasks(path):
    assert not touches(path, "pytorch_lightning", "seqtasks.tasks", "seqtasks.run")


ONNX = ("seqtasks.graphs.tracing", "seqtasks.graphs.eight_bit", "seqtasks.graphs.writer")


def test_nothing_needs_onnx_but_an_export():
    code = "import sys; sys.modules['onnx'] = sys.modules['onnxruntime'] = None\n"
    code += "import seqtasks.prediction.text_generator, seqtasks.tasks.translation\n"
    code += f"assert not {{*{ONNX}}} & {{*sys.modules}}"
    subprocess.run([sys.executable, "-c", code], check=True)
