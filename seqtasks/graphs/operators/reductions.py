"""Operators that take an axis together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from seqtasks.graphs.operators.table import OPERATORS, Operand, operand, translates
from seqtasks.graphs.writer import Writer

REDUCTIONS = {"sum": "ReduceSum", "mean": "ReduceMean", "amax": "ReduceMax", "amin": "ReduceMin"}


def _reduction(kind: str, within: torch.dtype | None = None) -> Any:
    """A reduction, which is computed within another type than the result's if one is given."""

    def translation(
        write: Writer,
        result: Tensor,
        x: Operand,
        axes: Sequence[int] | int | None = None,
        keep: bool = False,
        **_: Any,
    ) -> str:
        listed = [axes] if isinstance(axes, int) else list(axes or range(x.rank))
        name = operand(write, x, within or result.dtype)
        found = write(kind, name, write.ints(*listed), keepdims=int(keep))
        return found if within is None else write.cast(found, result.dtype)

    return translation


def _shares(kind: str) -> Any:
    return lambda write, result, x, axis, *_: write(
        kind, operand(write, x, result.dtype), axis=axis
    )


for _overload in ("default", "dim", "dims", "dim_IntList"):
    for _name, _kind in REDUCTIONS.items():
        OPERATORS[f"aten.{_name}.{_overload}"] = _reduction(_kind)
    OPERATORS[f"aten.any.{_overload}"] = _reduction("ReduceMax", torch.int32)


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
OPERATORS["aten._softmax.default"] = _shares("Softmax")
OPERATORS["aten._log_softmax.default"] = _shares("LogSoftmax")
