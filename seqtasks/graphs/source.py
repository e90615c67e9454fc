"""The model that a graph is written from."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.export import ExportedProgram

from seqtasks.cells.contract import Recurrence


class Source:
    """What the parts of a graph share.

    Args:
        model: whose computations are written down.

    Attributes:
        names: parameters and buffers by identity → their names in the model.
        steps: cells whose single step is traced, each with its trace.
    """

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.names = {id(tensor): name for name, tensor in reversed(everything(model))}
        self.steps: list[tuple[Recurrence, ExportedProgram]] = []

    def traced(self, cell: Recurrence) -> ExportedProgram | None:
        """The trace of a cell that differs from this one in its weights alone."""
        return next((program for other, program in self.steps if alike(cell, other)), None)


def alike(one: nn.Module, other: nn.Module) -> bool:
    """Whether two modules compute the same from other weights.

    >>> alike(nn.Linear(2, 3), nn.Linear(2, 3)), alike(nn.Linear(2, 3), nn.Linear(2, 4))
    (True, False)
    """
    if type(one) is not type(other):
        return False
    return sizes(one) == sizes(other) and options(one) == options(other)


def sizes(module: nn.Module) -> dict[str, tuple[int, ...]]:
    """The shapes of a module's parameters and buffers."""
    return {name: tuple(tensor.shape) for name, tensor in everything(module)}


def options(module: nn.Module) -> list[Any]:
    """What a module and its parts hold besides tensors."""
    return [
        {name: value for name, value in vars(part).items() if not name.startswith("_")}
        for part in module.modules()
    ]


def everything(module: nn.Module) -> list[tuple[str, Tensor]]:
    """Parameters and buffers, one that has several names under each."""
    parts = (module.named_parameters, module.named_buffers)
    return [pair for part in parts for pair in part(remove_duplicate=False)]
