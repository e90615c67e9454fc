"""The table of operators, and what they are written from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from seqtasks.graphs.writer import Writer

Translation = Callable[..., Any]
"""``names = translation(write, result, *arguments, **keywords)``, with the value that torch would
give for ``result``, of which shape and type are known alone."""

OPERATORS: dict[str, Translation] = {}
"""Operator and overload → what writes it down."""


class Operand:
    """A tensor in the graph.

    Args:
        name: of the tensor in the graph.
        like: what is known of it: shape and type.
    """

    def __init__(self, name: str, like: Tensor) -> None:
        self.given, self.like = name, like

    @property
    def name(self) -> str:
        """As nodes read it."""
        return self.given

    @property
    def dtype(self) -> torch.dtype:
        """Its type."""
        return self.like.dtype

    @property
    def rank(self) -> int:
        """How many axes it has."""
        return self.like.dim()


class Weight(Operand):
    """A parameter of the model, written when it is first read.

    Args:
        name: in the model.
        tensor: its value.
        write: the graph that it is read in.
    """

    def __init__(self, name: str, tensor: Tensor, write: Writer) -> None:
        super().__init__(name, tensor)
        self.write = write

    @property
    def name(self) -> str:
        """As nodes read it."""
        return self.write.weight(self.given, self.like)


class Size(str):
    """The name of a whole number in the graph, (1,) int64, that is not known beforehand."""


def translates(*names: str) -> Callable[[Translation], Translation]:
    """Enter a translation under the names of its operators."""

    def enter(translation: Translation) -> Translation:
        OPERATORS.update(dict.fromkeys(names, translation))
        return translation

    return enter


def operand(write: Writer, value: Any, dtype: torch.dtype) -> str:
    """A tensor, number or size as a tensor of a type."""
    if isinstance(value, Operand):
        return value.name if value.dtype == dtype else write.cast(value.name, dtype)
    if isinstance(value, Size):
        return str(value) if dtype == torch.int64 else write.cast(value, dtype)
    return write.constant(value, dtype)
