"""A model run by onnxruntime, for the benchmarks."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch

from seqtasks.data.batch import Batch
from seqtasks.graphs.folder import attach, write_graphs
from seqtasks.task import Task


def exported(task: Task, other: Task, batch: Batch) -> Task:
    """A model, whose weights ``other`` loses, that computes by the graphs of ``task``.

    Args:
        task: in evaluation mode.
        other: made as the task was.
        batch: an example of its inputs.
    """
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        graphs = task.graphs(batch)
        write_graphs(task, Path(folder), graphs, graphs, int8=False)
        contents = {path.name: path.read_bytes() for path in Path(folder).glob("*.onnx")}
        attach(other, Path(folder), contents, {}, [])
    return other
