"""``python notebooks/execute.py [NAME …]``: run notebooks from top to bottom and write them anew.

What is written depends on nothing but the notebook: no times, no paths, no counts of an earlier
run.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).resolve().parent


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run every cell in a fresh kernel.

    Args:
        notebook: whose outputs are written anew.
        folder: an empty one, where the cells work and the kernel keeps its files.

    Raises:
        CellExecutionError: a cell ends with an exception.
    """
    work = folder / "work"
    work.mkdir()
    settings = {
        "CUDA_VISIBLE_DEVICES": "",
        "OMP_NUM_THREADS": "1",  # sums of floats then have one order
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "SEQTASKS_CACHE": str(folder / "cache"),
        "PYTHONPATH": os.pathsep.join([str(FOLDER.parent), os.environ.get("PYTHONPATH", "")]),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # of a debugger that is not used
    }
    with tempfile.TemporaryDirectory(prefix="kernel-") as sockets:  # whose paths have to be short
        client = NotebookClient(notebook, timeout=None, record_timing=False, kernel_name="python3")
        manager = client.create_kernel_manager()
        manager.transport, manager.ip = "ipc", str(Path(sockets) / "k")
        client.execute(env={**os.environ, **settings}, cwd=str(work))
    return tidied(notebook)


def tidied(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what differs from run to run."""
    notebook.metadata = NotebookNode(
        kernelspec={"display_name": "Python 3", "language": "python", "name": "python3"},
        language_info={"name": "python"},
    )
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata = NotebookNode()
    return notebook


def joined(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Outputs in which a text that came in pieces is one; where it is cut depends on the clock."""
    found: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and found and found[-1].get("name") == output.name:
            found[-1].text += output.text
        else:
            found.append(output)
    return found


def main(names: Iterable[str]) -> None:
    """Execute the named notebooks, all of them where none is named."""
    for path in [FOLDER / name for name in names] or sorted(FOLDER.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        with tempfile.TemporaryDirectory() as folder:
            nbformat.write(execute(notebook, Path(folder)), path)
        print(path.name)


if __name__ == "__main__":
    main(sys.argv[1:])
