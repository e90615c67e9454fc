"""A folder of graphs: written from a model, and run in the place of its weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from seqtasks.errors import BundleError, UsageError
from seqtasks.graphs.graph import LEAVE, Graph, Shaped
from seqtasks.graphs.permitted import check_graph
from seqtasks.graphs.session import Session, line
from seqtasks.graphs.source import Source, everything
from seqtasks.graphs.trial import try_graphs

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
    found = Session(path, path.read_bytes())(graph.inputs)
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
    """Name → parameter or buffer, of any shape, that no graph holds and predictions may need."""
    inside = {id(tensor) for name, tensor in everything(task) if name in held}
    kept = task.state_dict()
    return {
        name: kept[name].contiguous()
        for name, tensor in everything(task)
        if name in kept and id(tensor) not in inside and not name.startswith(task.unused)
    }


def check_graphs(folder: Path, graphs: Mapping[str, bytes]) -> None:
    """Look through the graphs of a stranger, and open them in a process of their own.

    Raises:
        BundleError: a graph holds what no export writes, or takes too much memory or time.
    """
    for name, content in graphs.items():
        check_graph(folder / name, content)
    try_graphs(folder, [*graphs.values()])


def attach(
    task: Any,
    folder: Path,
    graphs: Mapping[str, bytes],
    rest: Mapping[str, Tensor],
    wanted: Sequence[Shaped],
) -> None:
    """Let the graphs of a folder compute in the place of a model's own weights.

    Args:
        task: the model, as its configuration makes it; loses the weights that the graphs hold.
        folder: a folder that `write_graphs` wrote.
        graphs: what its graphs hold, by the names of the files.
        rest: the parameters that are in no graph, by name, of any shape.
        wanted: what the graphs are to give.

    Raises:
        UsageError: onnxruntime is not installed.
        BundleError: a graph cannot be run, or it or the other weights do not fit the model.
    """
    runs = {
        name.removesuffix(ENDING): Session(folder / name, content)
        for name, content in graphs.items()
    }
    try:
        saved = task.state_dict()
        for name, tensor in everything(task):
            if name in saved and name not in rest:
                tensor.data = tensor.data.new_empty(0)
        task.load_state_dict(rest, strict=False)
        unknown = set(rest) - {name for name, _ in everything(task)}
        if unknown:
            raise KeyError(f"it has no '{min(unknown)}'")
        check_outputs(runs, wanted)
        task.attach(runs)
    except (KeyError, RuntimeError) as error:
        raise BundleError(
            f"{folder}: it does not fit its config.yaml: {line(error)}; export it again"
        ) from error


def check_outputs(runs: Mapping[str, Session], wanted: Sequence[Shaped]) -> None:
    """Refuse, by a KeyError, graphs that do not give what a model computes for an example."""
    for graph, shapes in wanted:
        found = {name: tensor.shape for name, tensor in runs[graph.name](graph.inputs).items()}
        for name, shape in shapes.items():
            if found.get(name) != shape:
                raise KeyError(f"'{name}' of {graph.name} is {found.get(name)}, not {shape}")


def check_device(device: str) -> None:
    """Refuse, by a UsageError, to run graphs elsewhere than on the CPU."""
    if device != "cpu":
        raise UsageError(
            f"an exported model runs on the CPU, not on {device}; use the bundle that the model "
            "was exported from",
            option="device",
        )
