"""What a graph may hold: what `seqtasks.export` writes, and no way to read or make more."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from seqtasks.errors import BundleError
from seqtasks.graphs.messages import MESSAGES, Unusual, fields, numbers, walk

OPERATORS = frozenset(
    """
    Abs Add And ArgMax Atanh Cast Concat Conv Cos CumSum Div Equal Erf Exp Expand Floor GRU
    Gather GatherElements Greater GreaterOrEqual Identity LSTM LayerNormalization Less
    LessOrEqual Log LogSoftmax MatMul Max Mean Min Mul Neg Not Or Pad Pow RNN Range Reciprocal
    ReduceMax ReduceMean ReduceMin ReduceSum Relu Reshape ReverseSequence Round Scan
    ScatterElements Shape Sigmoid Sign Sin Slice Softmax Split Sqrt Squeeze Sub Sum Tanh Tile
    Transpose Unsqueeze Where Xor
    """.split()  # noqa: SIM905
)
"""The operators that an export writes; none reads a file, draws numbers, or loops by a number."""

TYPES = {1: "<f4", 3: "<i1", 6: "<i4", 7: "<i8", 9: "?", 11: "<f8"}
"""ONNX's types of numbers that an export writes, as numpy calls them."""

CONSTANT = "constant_"
"""What the names of constants begin with that are no weights: they alone may be infinite."""


def check_graph(path: Path, content: bytes) -> None:
    """Refuse a graph that holds what no export writes.

    That is numbers of other files (external data), operators and functions of others, attributes
    that hold tensors, tensors that declare other sizes than they have, and weights that are
    infinite or no numbers.

    Raises:
        BundleError: it does.
    """
    try:
        for found in walk(content):
            place = f"{found.message}.{found.field}"
            if place == "graph.initializer":
                check_tensor(found.value)
            elif place == "node.operator" and text(found.value) not in OPERATORS:
                raise Unusual(f"it computes {text(found.value)[:40]!r}, which no export writes")
            elif place.endswith(".domain") and text(found.value) not in ("", "ai.onnx"):
                raise Unusual(f"it takes operators of {text(found.value)[:40]!r}")
    except Unusual as error:
        raise BundleError(f"{path} is no graph of an export: {error}; export it again") from error


def check_tensor(view: memoryview) -> None:
    """Refuse a tensor whose numbers are not all there, or not finite."""
    dims: list[int] = []
    kind, name, data = 0, "", memoryview(b"")
    for number, value in fields(view):
        match MESSAGES["tensor"].get(number), value:
            case "dims", _:
                dims += numbers(value)
            case "data_type", int():
                kind = value
            case "name", memoryview():
                name = text(value)
            case "raw_data", memoryview():
                data = value
    if kind not in TYPES:
        raise Unusual(f"{name[:40]!r} has numbers of the type {kind}")
    dtype = np.dtype(TYPES[kind])
    if math.prod(dims) * dtype.itemsize != len(data):
        raise Unusual(f"{name[:40]!r} has {len(data):,} bytes, which are not those of its size")
    if dtype.kind != "f":
        return
    array = np.frombuffer(data, dtype)
    if np.isfinite(array.sum(dtype=np.float64)):
        return
    if np.isnan(array).any() or (np.isinf(array).any() and not name.startswith(CONSTANT)):
        raise Unusual(f"{name[:40]!r} holds numbers that are infinite or none")


def text(value: object) -> str:
    """A field of text."""
    if not isinstance(value, memoryview):
        raise Unusual("a name in it is a number")
    return bytes(value).decode(errors="replace")
