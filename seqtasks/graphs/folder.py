"""A folder of graphs: written from a model, and run in the place of its weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from seqtasks.errors import BundleError, UsageError
from seqtasks.graphs.graph import LEAVE, Graph
from seqtasks.graphs.session import Session, line
from seqtasks.graphs.source import Source, everything

ENDING = ".onnx"

TOLERANCE = 1e-4
"""Largest difference of a graph's numbers from the model's, absolute and relative."""


def write_graphs(
    task: Any, folder: Path, graphs: Sequence[Graph], others: Sequence[Graph], int8: bool
) -> list[str]:
    """Write a model's graphs, and beside them the parameters that are in no graph.

    Each graph is first written in full precision and compared with the model on another example
    than it was traced with.

    Args:
        task: the model, in evaluation mode, on the CPU.
        folder: an existing folder.
        graphs: the model's computations.
        others: the same computations with examples of other lengths.
        int8: whether to keep large weights in eight bits.

    Returns:
        The names of the files.

    Raises:
        UsageError: a computation cannot be written as a graph.
    """
    from seqtasks.graphs.eight_bit import quantise
    from seqtasks.graphs.tracing import write_graph

    files, held, source = [], set(), Source(task)
    for graph, other in zip(graphs, others, strict=True):
        path = folder / f"{graph.name}{ENDING}"
        content, read = write_graph(source, graph)
        path.write_bytes(content.SerializeToString())
        check_parity(path, other)
        if int8:
            path.write_bytes(quantise(content).SerializeToString())
        held |= read
        files.append(path.name)
    rest = remaining(task, held)
    if rest:
        save_file(rest, str(folder / "model.safetensors"))
        files.append("model.safetensors")
    return files


def check_parity(path: Path, graph: Graph) -> None:
    """Run a graph and its computation.

    Raises:
        UsageError: their outputs differ.
    """
    with torch.no_grad():
        expected = graph.compute(graph.inputs)
    found = Session(path)(graph.inputs)
    for name, tensor in expected.items():
        same = found[name].shape == tensor.shape and torch.allclose(
            found[name].double(), tensor.double(), rtol=TOLERANCE, atol=TOLERANCE
        )
        if not same:
            raise UsageError(
                f"export: '{name}' of {path.name} differs from what the model computes; the model "
                f"decides something by the sizes of its inputs, which a graph cannot; {LEAVE}"
            )


def remaining(task: Any, held: set[str]) -> dict[str, Tensor]:
    """The parameters and buffers that no graph holds and predictions may need."""
    inside = {id(tensor) for name, tensor in everything(task) if name in held}
    kept = task.state_dict()
    return {
        name: kept[name].contiguous()
        for name, tensor in everything(task)
        if name in kept and id(tensor) not in inside and not name.startswith(task.unused)
    }


def attach(task: Any, folder: Path, files: Sequence[str], device: str) -> None:
    """Let the graphs of a folder compute in the place of a model's own weights.

    Args:
        task: the model, as its configuration makes it; loses the weights that the graphs hold.
        folder: a folder that `write_graphs` wrote.
        files: the names of its files.
        device: the CPU.

    Raises:
        UsageError: the device is another one, or onnxruntime is not installed.
        BundleError: a graph is missing or damaged, or the other weights do not fit the model.
    """
    if device != "cpu":
        raise UsageError(
            f"an exported model runs on the CPU, not on {device}; use the bundle that the model "
            "was exported from",
            option="device",
        )
    names = [name for name in files if name.endswith(ENDING)]
    runs = {name.removesuffix(ENDING): Session(folder / name) for name in names}
    rest = load_file(folder / "model.safetensors") if "model.safetensors" in files else {}
    try:
        saved = task.state_dict()
        for name, tensor in everything(task):
            if name in saved and name not in rest:
                tensor.data = tensor.data.new_empty(0)
        task.load_state_dict(rest, strict=False)
        unknown = set(rest) - {name for name, _ in everything(task)}
        if unknown:
            raise KeyError(f"it has no '{min(unknown)}'")
        task.attach(runs)
    except (KeyError, RuntimeError) as error:
        raise BundleError(
            f"{folder}: it does not fit its config.yaml: {line(error)}; export it again"
        ) from error
