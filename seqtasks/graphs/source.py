"""A model whose computations are written as graphs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from torch.export import ExportedProgram

from seqtasks.cells.contract import Recurrence


class Source:
    """A model in evaluation mode on the CPU, and the traces of its cells.

    Attributes:
        names: parameters and buffers by identity → their names in the model.
    """

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.names = {id(tensor): name for name, tensor in reversed(everything(model))}
        self.steps: list[tuple[Any, ExportedProgram]] = []

    def step(
        self, cell: Recurrence, trace: Callable[[Recurrence], ExportedProgram]
    ) -> ExportedProgram:
        """The trace of a cell's step, or that of a cell that differs in its weights alone."""
        wanted = form(cell)
        for known, program in self.steps:
            if known == wanted:
                return program
        self.steps.append((wanted, trace(cell)))
        return self.steps[-1][1]


def form(module: nn.Module) -> tuple[Any, ...]:
    """What modules have in common that compute the same from other weights.

    >>> form(nn.Linear(2, 3)) == form(nn.Linear(2, 3)), form(nn.Linear(2, 3)) == form(nn.GELU())
    (True, False)
    """
    sizes = [(name, tuple(tensor.shape)) for name, tensor in everything(module)]
    options = [
        {name: value for name, value in vars(part).items() if not name.startswith("_")}
        for part in module.modules()
    ]
    return type(module), sizes, options


def everything(module: nn.Module) -> list[tuple[str, Tensor]]:
    """Parameters and buffers, of any shape, by name.

    One that has several names stands under each.
    """
    parts = (module.named_parameters, module.named_buffers)
    return [pair for part in parts for pair in part(remove_duplicate=False)]
