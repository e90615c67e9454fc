"""The table of operators, and what they are written from."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from seqtasks.graphs.writer import Writer

Operator = Callable[..., Any]
"""``names = translation(write, result, *arguments, **keywords)``; ``result`` has the shape and the
type of the operator's result."""

OPERATORS: dict[str, Operator] = {}
"""Operator and overload → its translation."""


def enter(translation: Operator, kinds: Mapping[str, str], *forms: str) -> None:
    """Enter a translation that takes ONNX's name of the operator first.

    Args:
        translation: of all the operators.
        kinds: torch's name of each operator → ONNX's.
        forms: torch's names with their overloads, where ``{}`` stands for the operator's name.
    """
    for name, kind in kinds.items():
        for form in forms:
            OPERATORS[f"aten.{form.format(name)}"] = functools.partial(translation, kind)


class Operand:
    """A tensor in the graph: its name there, and a tensor of the same shape and type."""

    def __init__(self, name: str, like: Tensor) -> None:
        self.given, self.like = name, like

    @property
    def name(self) -> str:
        """The tensor's name in the graph."""
        return self.given

    @property
    def rank(self) -> int:
        """The number of its axes."""
        return self.like.dim()


class Weight(Operand):
    """A parameter of the model, which ``write`` writes when its name is first read."""

    def __init__(self, name: str, tensor: Tensor, write: Writer) -> None:
        super().__init__(name, tensor)
        self.write = write

    @property
    def name(self) -> str:
        """The parameter's name in the graph; reading it writes the parameter there."""
        return self.write.weight(self.given, self.like)


class Size(str):
    """The name of a length, (1,) int64, that only the running graph knows."""


def translates(*names: str) -> Callable[[Operator], Operator]:
    """Enter a translation under the names of its operators."""

    def enter(translation: Operator) -> Operator:
        OPERATORS.update(dict.fromkeys(names, translation))
        return translation

    return enter


def operand(write: Writer, value: Any, dtype: torch.dtype) -> str:
    """The name of a tensor, number or size, converted to a type."""
    if isinstance(value, Operand):
        return value.name if value.like.dtype == dtype else write.cast(value.name, dtype)
    if isinstance(value, Size):
        return str(value) if dtype == torch.int64 else write.cast(value, dtype)
    return write.constant(value, dtype)


def single(write: Writer, value: int | Size) -> str:
    """The name of a whole number or size as a tensor without axes."""
    return write("Squeeze", value) if isinstance(value, Size) else write.constant(value)
