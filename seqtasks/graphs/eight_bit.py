"""A graph whose large weights have eight bits, with a scale for each of their rows."""

from __future__ import annotations

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

SMALLEST = 1024
"""Numbers from which on a weight is kept in eight bits."""

SHORT = 16
"""Numbers of the last axis below which two axes share a scale."""


def quantise(model: onnx.ModelProto) -> onnx.ModelProto:
    """Copy a graph with its large weights in eight bits.

    Activations stay as they are, so that a sequence's outputs still depend on no other sequence.
    The rows of a table are widened when they are read; all other weights by nodes that read
    constants alone, which a runtime computes once, when it loads the graph.
    """
    found = onnx.ModelProto()
    found.CopyFrom(model)
    graph = found.graph
    kept = list(graph.initializer)
    large = {tensor.name: tensor for tensor in kept if fits_eight_bits(tensor)}
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        table = node.op_type == "Gather" and node.input[0] in large
        nodes += rows_of(node) if table else [node]
    wide = {name for node in nodes for name in reads(node)} & large.keys()
    del graph.node[:], graph.initializer[:]
    graph.node.extend(node for name in large if name in wide for node in as_float(name))
    graph.node.extend(nodes)
    graph.initializer.extend(tensor for tensor in kept if tensor.name not in large)
    for name, tensor in large.items():
        numbers, scale = rounded(numpy_helper.to_array(tensor))
        graph.initializer.append(numpy_helper.from_array(numbers, f"{name}.int8"))
        graph.initializer.append(numpy_helper.from_array(scale, f"{name}.scale"))
    return found


def fits_eight_bits(tensor: onnx.TensorProto) -> bool:
    """Whether a constant is a large weight."""
    size = int(np.prod(tensor.dims))
    return tensor.data_type == TensorProto.FLOAT and len(tensor.dims) > 1 and size >= SMALLEST


def rounded(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round a weight to whole numbers from -127 to 127 and their scale.

    Args:
        weight: with at least two axes.

    Returns:
        int8 of the weight's shape, and float32 that broadcasts to it: one scale for each row of
        the last axis, or of the last two where the last is short.

    >>> numbers, scale = rounded(np.array([[0.5, -1.0], [254.0, 2.0]], np.float32))
    >>> numbers.tolist(), (numbers * scale)[1].tolist()
    ([[64, -127], [127, 1]], [254.0, 2.0])
    """
    short = weight.ndim > 2 and weight.shape[-1] < SHORT
    largest = np.abs(weight).max(axis=(-2, -1) if short else -1, keepdims=True)
    scale = np.maximum(largest / np.float32(127), np.finfo(np.float32).tiny)
    return np.rint(weight / scale).astype(np.int8), scale.astype(np.float32)


def as_float(name: str) -> list[onnx.NodeProto]:
    """Nodes that widen a whole weight, or the rows of one that have been read."""
    return [
        helper.make_node("Cast", [f"{name}.int8"], [f"{name}.cast"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{name}.cast", f"{name}.scale"], [name]),
    ]


def rows_of(node: onnx.NodeProto) -> list[onnx.NodeProto]:
    """Nodes that, in place of one, read some rows of a weight and widen these alone."""
    [name, index], [output] = node.input, node.output
    return [
        helper.make_node("Gather", [f"{name}.int8", index], [f"{output}.int8"], axis=0),
        helper.make_node("Gather", [f"{name}.scale", index], [f"{output}.scale"], axis=0),
        *as_float(output),
    ]


def reads(node: onnx.NodeProto) -> set[str]:
    """The names that a node reads, and those that a loop in it reads from outside."""
    bodies = (inner for attribute in node.attribute for inner in attribute.g.node)
    return set(node.input).union(*map(reads, bodies))
