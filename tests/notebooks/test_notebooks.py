"""The notebooks of the chapter: they run, say what was committed, and are easy to read."""

from __future__ import annotations

import copy
import importlib.util
import re

import matplotlib.font_manager  # noqa: F401 - whoever makes its cache first is told so on stderr
import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from small import ROOT

FOLDER = ROOT / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
NAMES = [path.stem for path in PATHS]
MOST = 120_000
"""Bytes of a notebook."""

spec = importlib.util.spec_from_file_location("execute", FOLDER / "execute.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
execute = module.execute


def read(path):
    """A notebook as it was committed."""
    return nbformat.read(path, as_version=4)


def outline(notebook):
    """Each code cell with what it put out, every number as #; of drawn texts that there is one."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            said, tags = [shape(output) for output in cell.outputs], cell.metadata.get("tags", [])
            found.append((cell.id, bool(said) if "varies" in tags else said))
    return found


def shape(output):
    """The kind of an output and its text, without numbers and white space."""
    if output.output_type == "stream":
        kind, text = output.name, output.text
    else:
        kind, text = " ".join(sorted(output.data)), output.data.get("text/plain", "")
    return kind, " ".join(re.sub(r"-?\d[\d.,e+-]*", " # ", text).split())


def outputs(notebook):
    """All outputs, each with its cell."""
    return [(cell, output) for cell in notebook.cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_a_notebook_runs_and_says_what_was_committed(path, tmp_path):
    committed = read(path)
    fresh = copy.deepcopy(committed)
    for cell in fresh.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    executed = execute(fresh, tmp_path)
    for cell, output in outputs(executed):
        assert output.get("name") != "stderr", f"{cell.id}: {output.text}"
    assert outline(executed) == outline(committed)


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_a_notebook_was_committed_as_it_ran(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells)
    for cell, output in outputs(notebook):
        assert output.output_type in ("stream", "execute_result", "display_data"), cell.id
        text = output.get("text") or output.data.get("text/plain", "")
        assert not re.search(r"/(tmp|home|root|Users|work)/|\d\d:\d\d", text), f"{cell.id}: {text}"
    assert path.stat().st_size < MOST


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_a_notebook_begins_with_what_it_is_about_and_how_to_install(path):
    about, install, *others = read(path).cells
    assert re.match(rf"# {path.stem[0]}\. \S.+\n\n", about.source)
    assert install.source == "# %pip install 'seqtasks[notebooks]'"
    headings = [
        line
        for cell in others
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    assert len(headings) >= 3
    assert all(re.match(r"## \S", heading) for heading in headings), headings
    assert 10 <= len(others) + 2 <= 24
    assert any("$$" in cell.source for cell in others), "an equation"


def test_the_table_lists_every_notebook_by_its_title_in_order():
    rows = re.findall(
        r"^\| \[(\d)\. ([^]]+)\]\(([^)]+)\) \|", (FOLDER / "README.md").read_text("utf-8"), re.M
    )
    assert [name for _, _, name in rows] == [path.name for path in PATHS]
    for number, title, name in rows:
        assert read(FOLDER / name).cells[0].source.startswith(f"# {number}. {title}\n")
    assert len(rows) >= 7


def test_all_notebooks_together_are_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 1_000_000


def test_a_cell_that_fails_ends_the_execution(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("assert 1 == 2")])
    with pytest.raises(CellExecutionError, match="assert 1 == 2"):
        execute(notebook, tmp_path)


def test_another_text_is_another_outline():
    def of(text, name="stdout", **metadata):
        output = nbformat.v4.new_output("stream", name=name, text=text)
        cell = nbformat.v4.new_code_cell("", outputs=[output], metadata=metadata)
        cell.id = "one"
        return outline(nbformat.v4.new_notebook(cells=[cell]))

    assert of("loss  1.25e-3\n") == of("loss 0.7")
    assert of("loss 1") != of("cost 1")
    assert of("loss 1") != of("loss 1", name="stderr")
    assert of("the dog", tags=["varies"]) == of("a cat", tags=["varies"])
