"""Operators that treat every number alone.

``result`` is what the traced operator gave: a tensor of its shape and type without numbers. It may
have any shape, and so may the operands, which broadcast to it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from seqtasks.graphs.operators.table import OPERATORS, Operand, Size, enter, operand, translates
from seqtasks.graphs.writer import Writer

UNARY = {
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "relu": "Relu",
    "exp": "Exp",
    "log": "Log",
    "neg": "Neg",
    "abs": "Abs",
    "sqrt": "Sqrt",
    "reciprocal": "Reciprocal",
    "sin": "Sin",
    "cos": "Cos",
    "floor": "Floor",
    "round": "Round",
    "sign": "Sign",
    "erf": "Erf",
    "logical_not": "Not",
    "bitwise_not": "Not",
}

BINARY = {"sub": "Sub", "mul": "Mul", "div": "Div", "pow": "Pow"}

EXTREMES = {"maximum": "Max", "minimum": "Min"}

COMPARISONS = {
    "eq": "Equal",
    "lt": "Less",
    "le": "LessOrEqual",
    "gt": "Greater",
    "ge": "GreaterOrEqual",
}

LOGICAL = {"and": "And", "or": "Or", "xor": "Xor"}


def _unary(kind: str, write: Writer, result: Tensor, x: Operand) -> str:
    return write(kind, operand(write, x, result.dtype))


def _binary(kind: str, write: Writer, result: Tensor, x: Any, y: Any) -> str:
    truths = result.dtype == torch.bool and kind == "Mul"
    parts = (operand(write, part, result.dtype) for part in (x, y))
    return write("And" if truths else kind, *parts)


def _comparison(kind: str, write: Writer, result: Tensor, x: Operand, y: Any) -> str:
    dtype = torch.result_type(x.like, getattr(y, "like", 0 if isinstance(y, Size) else y))
    if dtype == torch.bool:
        dtype = torch.int32
    return write(kind, operand(write, x, dtype), operand(write, y, dtype))


enter(_unary, UNARY, "{}.default")
enter(_binary, BINARY, "{}.Tensor", "{}.Scalar", "{}.Tensor_Tensor", "{}.Tensor_Scalar")
enter(_binary, EXTREMES, "{}.default")
enter(_binary, LOGICAL, "logical_{}.default", "bitwise_{}.Tensor")
enter(_comparison, COMPARISONS, "{}.Tensor", "{}.Scalar")

OPERATORS |= {
    "aten.rsqrt.default": lambda write, result, x: write("Reciprocal", write("Sqrt", x.name)),
    "aten._to_copy.default": lambda write, result, x, **_: operand(write, x, result.dtype),
    "aten.where.self": lambda write, result, condition, x, y: write(
        "Where", condition.name, *(operand(write, part, result.dtype) for part in (x, y))
    ),
}
for _name in ("aten.ne.Tensor", "aten.ne.Scalar"):
    OPERATORS[_name] = lambda write, *parts: write(
        "Not", OPERATORS["aten.eq.Tensor"](write, *parts)
    )
for _name in ("clone", "alias"):
    OPERATORS[f"aten.{_name}.default"] = lambda write, result, x, **_: x.name


@translates("aten.add.Tensor", "aten.add.Scalar")
def add(write: Writer, result: Tensor, x: Any, y: Any, alpha: float = 1) -> str:
    """X + alpha y."""
    added = operand(write, y, result.dtype)
    if alpha != 1:
        added = write("Mul", added, write.constant(alpha, result.dtype))
    return write("Add", operand(write, x, result.dtype), added)


@translates("aten.expm1.default")
def expm1(write: Writer, result: Tensor, x: Operand) -> str:
    """exp(x) - 1 = tanh(x / 2) (exp(x) + 1), which is exact to the last digits near 0."""
    half, one = (write.constant(value, result.dtype) for value in (0.5, 1.0))
    tangent = write("Tanh", write("Mul", x.name, half))
    return write("Mul", tangent, write("Add", write("Exp", x.name), one))


@translates("aten.log1p.default")
def log1p(write: Writer, result: Tensor, x: Operand) -> str:
    """log(1 + x), for small x as 2 artanh(x / (2 + x))."""
    one, two, half = (write.constant(value, result.dtype) for value in (1.0, 2.0, 0.5))
    small = write("Less", write("Abs", x.name), half)
    zero = write.constant(0.0, result.dtype)
    inside = write("Where", small, x.name, zero)
    near = write("Mul", two, write("Atanh", write("Div", inside, write("Add", inside, two))))
    return write("Where", small, near, write("Log", write("Add", x.name, one)))


@translates("aten.logaddexp.default")
def logaddexp(write: Writer, result: Tensor, x: Operand, y: Operand) -> str:
    """log(exp(x) + exp(y)), -inf where both are."""
    most = write("Max", x.name, y.name)
    none = write("Equal", most, write.constant(-torch.inf, result.dtype))
    base = write("Where", none, write.constant(0.0, result.dtype), most)
    powers = [write("Exp", write("Sub", part.name, base)) for part in (x, y)]
    return write("Add", base, write("Log", write("Add", *powers)))


@translates("aten.lerp.Tensor", "aten.lerp.Scalar")
def lerp(write: Writer, result: Tensor, x: Operand, y: Operand, share: Any) -> str:
    """X + w (y - x)."""
    part = operand(write, share, result.dtype)
    return write("Add", x.name, write("Mul", part, write("Sub", y.name, x.name)))


@translates("aten.addcmul.default")
def addcmul(
    write: Writer, result: Tensor, x: Operand, y: Operand, z: Operand, value: float = 1
) -> str:
    """X + value y z."""
    product = write("Mul", y.name, z.name)
    if value != 1:
        product = write("Mul", product, write.constant(value, result.dtype))
    return write("Add", x.name, product)


@translates("aten.clamp.default", "aten.clamp.Tensor")
def clamp(write: Writer, result: Tensor, x: Operand, low: Any = None, high: Any = None) -> str:
    """Within bounds."""
    name = operand(write, x, result.dtype)
    if low is not None:
        name = write("Max", name, operand(write, low, result.dtype))
    if high is not None:
        name = write("Min", name, operand(write, high, result.dtype))
    return name


@translates("aten.copy.default")
def mixed_copies(write: Writer, result: Tensor, x: Operand, y: Operand, *_: Any) -> str:
    """Y in the type of x; both are of one shape, or y broadcasts."""
    name = operand(write, y, result.dtype)
    return name if y.like.shape == result.shape else write("Expand", name, write("Shape", x.name))
