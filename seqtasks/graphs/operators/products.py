"""Products, norms, convolutions and tables.

``result`` is what the traced operator gave, of its shape and type. It may have any shape that the
operator gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from seqtasks.errors import UsageError
from seqtasks.graphs.graph import LEAVE
from seqtasks.graphs.operators.table import OPERATORS, Operand, translates
from seqtasks.graphs.writer import Writer

for _name in ("mm", "bmm"):
    OPERATORS[f"aten.{_name}.default"] = lambda write, _, x, y: write("MatMul", x.name, y.name)
OPERATORS["aten.embedding.default"] = lambda write, _, table, index, *__: write(
    "Gather", table.name, index.name, axis=0
)


@translates("aten.linear.default")
def linear(
    write: Writer, result: Tensor, x: Operand, weight: Operand, bias: Operand | None = None
) -> str:
    """X Wᵀ + b."""
    product = write("MatMul", x.name, write("Transpose", weight.name, perm=[1, 0]))
    return product if bias is None else write("Add", product, bias.name)


@translates("aten.addmm.default")
def addmm(
    write: Writer, result: Tensor, bias: Operand, x: Operand, y: Operand, **factors: Any
) -> str:
    """B + x y."""
    if any(value != 1 for value in factors.values()):
        raise UsageError(
            f"export: {factors} of a product have no translation to ONNX here; {LEAVE}"
        )
    return write("Add", write("MatMul", x.name, y.name), bias.name)


@translates("aten.layer_norm.default")
def layer_normalised(
    write: Writer,
    result: Tensor,
    x: Operand,
    shape: Sequence[int],
    weight: Operand | None = None,
    bias: Operand | None = None,
    epsilon: float = 1e-5,
    *_: Any,
) -> str:
    """Normalised over the last axes."""
    scale = write.constant(torch.ones(*shape)) if weight is None else weight.name
    inputs = [x.name, scale] if bias is None else [x.name, scale, bias.name]
    return write("LayerNormalization", *inputs, axis=-len(shape), epsilon=epsilon)


@translates("aten.native_layer_norm.default")
def native_layer_norm(write: Writer, result: Any, *arguments: Any) -> tuple[str, None, None]:
    """The same; mean and scale, which torch gives too, are for derivatives alone."""
    return layer_normalised(write, result[0], *arguments), None, None


@translates("aten.convolution.default")
def convolution(
    write: Writer,
    result: Tensor,
    x: Operand,
    weight: Operand,
    bias: Operand | None,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    output_padding: Sequence[int],
    groups: int,
) -> str:
    """Over the axes behind the first two."""
    if transposed:
        raise UsageError(
            f"export: a transposed convolution has no translation to ONNX here; {LEAVE}"
        )
    inputs = [x.name, weight.name] if bias is None else [x.name, weight.name, bias.name]
    return write(
        "Conv",
        *inputs,
        strides=list(stride),
        pads=[*padding, *padding],
        dilations=list(dilation),
        group=groups,
    )
