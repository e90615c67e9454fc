"""A graph of ONNX nodes, written one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

from seqtasks.graphs.source import Source

OPSET = 18
"""The version of ONNX's operators; onnxruntime knows it from 1.14 on."""

IR_VERSION = 8
"""The version of ONNX's file format that came with these operators."""

TYPES: dict[torch.dtype, int] = {
    torch.float32: TensorProto.FLOAT,
    torch.float64: TensorProto.DOUBLE,
    torch.int64: TensorProto.INT64,
    torch.int32: TensorProto.INT32,
    torch.bool: TensorProto.BOOL,
}


class Writer:
    """A graph that grows: a method adds nodes and returns the names of their outputs.

    Args:
        source: the model.
        outer: the graph that holds this one as the body of a loop, or None. Constants and weights
            stand in the outermost graph, which a body may read.

    Attributes:
        nodes: the graph's own nodes.
        initializers: name → constant or weight.
        read: the names of the model's parameters that the graph holds.
    """

    def __init__(self, source: Source, outer: Writer | None = None) -> None:
        self.source = source
        self.root: Writer = self if outer is None else outer.root
        self.nodes: list[onnx.NodeProto] = []
        if outer is None:
            self.initializers: dict[str, onnx.TensorProto] = {}
            self.constants: dict[tuple[Any, ...], str] = {}
            self.read: set[str] = set()
            self.count = 0

    def name(self, stem: str) -> str:
        """Make a new name."""
        self.root.count += 1
        return f"{stem}_{self.root.count}"

    def several(
        self, kind: str, inputs: Sequence[str], count: int, **attributes: Any
    ) -> tuple[str, ...]:
        """Write a node with ``count`` outputs."""
        outputs = tuple(self.name(kind.lower()) for _ in range(count))
        self.nodes.append(helper.make_node(kind, list(inputs), list(outputs), **attributes))
        return outputs

    def __call__(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Write a node with one output."""
        return self.several(kind, inputs, 1, **attributes)[0]

    def constant(self, value: Any, dtype: torch.dtype | None = None) -> str:
        """Write a constant tensor, the first time that it is needed."""
        array = torch.as_tensor(value, dtype=dtype).detach().cpu().numpy()
        key = (array.dtype.str, array.shape, array.tobytes())
        root = self.root
        if key not in root.constants:
            root.constants[key] = self.name("constant")
            root.keep(root.constants[key], array)
        return root.constants[key]

    def ints(self, *values: int) -> str:
        """Write a constant list of int64."""
        return self.constant(list(values), torch.int64)

    def keep(self, name: str, array: NDArray[Any]) -> str:
        """Add an array to the outermost graph; returns its name."""
        whole = np.asarray(array, order="C")
        self.root.initializers[name] = numpy_helper.from_array(whole, name)
        return name

    def weight(self, name: str, tensor: Tensor) -> str:
        """Write a weight of the model, of any shape, the first time that it is needed."""
        if name in self.root.initializers:
            return name
        return self.keep(name, tensor.detach().cpu().numpy())

    def cast(self, name: str, dtype: torch.dtype) -> str:
        """Convert a tensor to another type."""
        return self("Cast", name, to=TYPES[dtype])

    def size(self, name: str, axis: int) -> str:
        """Read the length of an axis, (1,) int64."""
        return self("Shape", name, start=axis, end=axis + 1)

    def shape(self, *parts: int | str) -> str:
        """Make a shape from numbers and from sizes (1,)."""
        if all(isinstance(part, int) for part in parts):
            return self.ints(*map(int, parts))
        pieces = [self.ints(part) if isinstance(part, int) else part for part in parts]
        return pieces[0] if len(pieces) == 1 else self("Concat", *pieces, axis=0)
