"""Operators that take an axis together.

``result`` is what the traced operator gave, of its shape and type. It may have any shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from seqtasks.graphs.operators.table import OPERATORS, Operand, enter, operand, translates
from seqtasks.graphs.writer import Writer

REDUCTIONS = {"sum": "Sum", "mean": "Mean", "amax": "Max", "amin": "Min", "any": "Max"}


def _reduction(
    kind: str,
    write: Writer,
    result: Tensor,
    x: Operand,
    axes: Sequence[int] | int | None = None,
    keep: bool = False,
    **_: Any,
) -> str:
    listed = [axes] if isinstance(axes, int) else list(axes or range(x.rank))
    truths = result.dtype == torch.bool  # which ONNX reduces as numbers alone
    name = operand(write, x, torch.int32 if truths else result.dtype)
    found = write(f"Reduce{kind}", name, write.ints(*listed), keepdims=int(keep))
    return write.cast(found, torch.bool) if truths else found


def _shares(kind: str, write: Writer, result: Tensor, x: Operand, axis: int, *_: Any) -> str:
    return write(kind, operand(write, x, result.dtype), axis=axis)


enter(_reduction, REDUCTIONS, "{}.default", "{}.dim", "{}.dims", "{}.dim_IntList")
enter(_shares, {"_softmax": "Softmax", "_log_softmax": "LogSoftmax"}, "{}.default")


@translates("aten.argmax.default")
def argmax(write: Writer, result: Tensor, x: Operand, axis: int, keep: bool = False) -> str:
    """The place of the largest, of equal ones the first."""
    return write("ArgMax", x.name, axis=axis, keepdims=int(keep))


@translates("aten.max.dim")
def largest(
    write: Writer, result: Any, x: Operand, axis: int, keep: bool = False
) -> tuple[str, str]:
    """The largest, and its place."""
    value = write("ReduceMax", x.name, write.ints(axis), keepdims=int(keep))
    return value, argmax(write, result[1], x, axis, keep)


OPERATORS["aten.cumsum.default"] = lambda write, result, x, axis, **_: write(
    "CumSum", operand(write, x, result.dtype), write.constant(axis)
)
