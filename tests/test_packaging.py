"""The wheel, installed beside folders with clashing names."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from small import ROOT, SMALL, TASKS


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = ["-m", "pip", "install", "-q", "--no-deps", "--target", str(folder), str(wheel)]
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    return folder


@pytest.fixture
def clashing(tmp_path) -> Path:
    """A user's folder with a `tasks.py` and a `conf/` of its own."""
    (tmp_path / "tasks.py").write_text("raise RuntimeError('the wrong tasks')\n")
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "__init__.py").write_text("raise RuntimeError('the wrong conf')\n")
    (tmp_path / "conf" / "config.yaml").write_text("wrong: true\n")
    return tmp_path


def python(
    arguments: list[str], folder: Path, site: Path, given: str = ""
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
    )


def test_the_wheel_holds_one_top_level_package_with_everything_inside(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"seqtasks"}
    inside = {"seqtasks/tasks/tagging.py", "seqtasks/conf/config.yaml", "seqtasks/conf/__init__.py"}
    inside.add("seqtasks/py.typed")  # type checkers of others read the annotations
    inside |= {f"seqtasks/serving/site/{name}" for name in ("index.html", "main.js", "base.css")}
    templates = (
        "page.html",
        "report.html",
        "comparison.html",
        "parts.html",
        "style.css",
        "model_card.md",
    )
    inside |= {f"seqtasks/reporting/templates/{name}" for name in templates}
    assert inside <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_every_task_runs_from_the_wheel_beside_clashing_names(clashing, site):
    every = ["-m", "seqtasks", "-m", f"task={','.join(TASKS)}", *SMALL, "hydra.sweep.dir=runs"]
    done = python(every, clashing, site)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("│ this model ") == len(TASKS) >= 7
    where = python(["-c", "import seqtasks; print(seqtasks.__file__)"], clashing, site)
    assert Path(where.stdout.strip()).is_relative_to(site)
    tagger = f"runs/{TASKS.index('tagging')}/bundle"
    lines = "the dogs walk .\n\nshe sees him .\n"
    done = python(["-m", "seqtasks.predict", tagger], clashing, site, lines)
    assert done.returncode == 0, done.stderr
    assert [len(line.split()) for line in done.stdout.splitlines()] == [4, 0, 4]


def test_the_tasks_have_one_import_name(tmp_path):
    done = python(["-c", "import tasks"], ROOT, tmp_path)
    assert "import them as `seqtasks.tasks`" in done.stderr
    done = python(["-c", "import seqtasks.tasks.tagging, seqtasks.conf"], ROOT, tmp_path)
    assert done.returncode == 0, done.stderr
