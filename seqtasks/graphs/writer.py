"""ONNX nodes, written one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

OPSET = 18
"""Of the operators; onnxruntime knows it from 1.14 on."""

IR_VERSION = 8
"""Of the file format; the one that came with the operators."""

TYPES: dict[torch.dtype, int] = {
    torch.float32: TensorProto.FLOAT,
    torch.float64: TensorProto.DOUBLE,
    torch.int64: TensorProto.INT64,
    torch.int32: TensorProto.INT32,
    torch.bool: TensorProto.BOOL,
}


class Writer:
    """A graph that grows; every method adds nodes and returns the names of what they give.

    Args:
        outer: the graph within which this is the body of a loop, or None. Constants and weights
            stand in the outermost graph, which a body may read.

    Attributes:
        nodes: of this graph.
        initializers: name → constant or weight.
        read: the names of the model's parameters that are in the graph.
    """

    def __init__(self, outer: Writer | None = None) -> None:
        self.root: Writer = self if outer is None else outer.root
        self.nodes: list[onnx.NodeProto] = []
        if outer is None:
            self.initializers: dict[str, onnx.TensorProto] = {}
            self.constants: dict[tuple[Any, ...], str] = {}
            self.read: set[str] = set()
            self.count = 0

    def body(self) -> Writer:
        """The body of a loop in this graph."""
        return Writer(self)

    def name(self, stem: str) -> str:
        """A name that nothing has yet."""
        self.root.count += 1
        return f"{stem}_{self.root.count}"

    def several(
        self, kind: str, inputs: Sequence[str], count: int, **attributes: Any
    ) -> tuple[str, ...]:
        """A node with so many outputs."""
        outputs = tuple(self.name(kind.lower()) for _ in range(count))
        self.nodes.append(helper.make_node(kind, list(inputs), list(outputs), **attributes))
        return outputs

    def __call__(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """A node with one output."""
        return self.several(kind, inputs, 1, **attributes)[0]

    def constant(self, value: Any, dtype: torch.dtype | None = None) -> str:
        """A constant tensor, written once however often it is asked for."""
        array = torch.as_tensor(value, dtype=dtype).detach().cpu().numpy()
        key = (array.dtype.str, array.shape, array.tobytes())
        root = self.root
        if key not in root.constants:
            root.constants[key] = self.name("constant")
            root.keep(root.constants[key], array)
        return root.constants[key]

    def ints(self, *values: int) -> str:
        """A constant list of whole numbers."""
        return self.constant(list(values), torch.int64)

    def keep(self, name: str, array: NDArray[Any]) -> str:
        """Let the outermost graph hold an array; its name."""
        whole = np.asarray(array, order="C")
        self.root.initializers[name] = numpy_helper.from_array(whole, name)
        return name

    def weight(self, name: str, tensor: Tensor) -> str:
        """A weight of the model, written once."""
        if name in self.root.initializers:
            return name
        return self.keep(name, tensor.detach().cpu().numpy())

    def cast(self, name: str, dtype: torch.dtype) -> str:
        """In another type."""
        return self("Cast", name, to=TYPES[dtype])

    def size(self, name: str, axis: int) -> str:
        """The length of an axis, (1,) int64."""
        return self("Shape", name, start=axis, end=axis + 1)

    def shape(self, *parts: int | str) -> str:
        """A shape from numbers and from sizes (1,)."""
        if all(isinstance(part, int) for part in parts):
            return self.ints(*map(int, parts))
        pieces = [self.ints(part) if isinstance(part, int) else part for part in parts]
        return pieces[0] if len(pieces) == 1 else self("Concat", *pieces, axis=0)
