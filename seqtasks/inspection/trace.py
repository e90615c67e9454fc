"""An encoder whose recurrences go one step at a time, with every step in view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from seqtasks.encoder import RecurrentEncoder
from seqtasks.kernels.lengths import State


@dataclass
class CellTrace:
    """What one recurrence gave, in the order of its own steps.

    Attributes:
        outputs: of each step, (batch, 1, output_size).
        states: what each step hands to the next, a tuple of (batch, …).
    """

    outputs: list[Tensor] = field(default_factory=list)
    states: list[State] = field(default_factory=list)


@dataclass
class LayerTrace:
    """What one level of the stack read and gave.

    Attributes:
        inputs: of each call, (batch, time, input_size).
        cells: of the forward recurrence, and of the backward one if there is one.
    """

    inputs: list[Tensor] = field(default_factory=list)
    cells: list[CellTrace] = field(default_factory=list)


class SteppedCell(nn.Module):
    """A recurrence taken one step at a time, each written to a trace.

    By the law of stepping its outputs, states and gradients are those of the recurrence itself.

    Args:
        cell: the recurrence.
        trace: where each step goes.
    """

    def __init__(self, cell: nn.Module, trace: CellTrace) -> None:
        super().__init__()
        self.cell, self.trace = cell, trace

    def forward(
        self, inputs: Tensor, lengths: Tensor | None = None, state: State | None = None
    ) -> tuple[Tensor, State]:
        """Run over time; shapes as in the contract, time at least 1."""
        outputs = []
        for number, step in enumerate(inputs.split(1, dim=1)):
            real = None if lengths is None else (lengths - number).clamp(0, 1)
            output, state = self.cell(step, real, state)
            outputs.append(output)
            self.trace.states.append(state)
        self.trace.outputs.extend(outputs)
        return torch.cat(outputs, dim=1), state or ()


@contextmanager
def traced(encoder: RecurrentEncoder) -> Iterator[tuple[list[LayerTrace], list[State]]]:
    """Within the context the encoder goes step by step, and yields what its layers do.

    An input that no gradient reaches is made one that has a gradient, where gradients are on: so
    that of a first layer above a frozen embedding. Leaving the context, the encoder is as before.

    Args:
        encoder: called in the context, best once and in evaluation mode.

    Yields:
        One trace a layer, and for each call the encoder's outputs with its final state; filled by
        the calls.

    >>> encoder = RecurrentEncoder(3, 5, num_layers=2, cell="gru")
    >>> with traced(encoder) as (layers, calls):
    ...     outputs, _ = encoder(torch.randn(1, 7, 3))
    >>> len(layers), len(layers[1].cells[0].states), layers[1].inputs[0].shape, len(calls[0])
    (2, 7, torch.Size([1, 7, 5]), 3)
    """
    stack: Any = list(encoder.layers)
    cells: list[nn.ModuleList] = [layer.cells for layer in stack]
    traces = [LayerTrace(cells=[CellTrace() for _ in directions]) for directions in cells]
    calls: list[State] = []
    handles = [
        encoder.register_forward_hook(lambda _, __, given: calls.append((given[0], *given[1])))
    ]
    try:
        for layer, directions, trace in zip(stack, cells, traces, strict=True):
            pairs = zip(directions, trace.cells, strict=True)
            layer.cells = nn.ModuleList(SteppedCell(cell, steps) for cell, steps in pairs)
            handles.append(layer.register_forward_pre_hook(_noting(trace)))
        yield traces, calls
    finally:
        for handle in handles:
            handle.remove()
        for layer, directions in zip(stack, cells, strict=True):
            layer.cells = directions


def _noting(trace: LayerTrace) -> Callable[..., None]:
    def note(layer: nn.Module, arguments: tuple[Tensor, ...]) -> None:
        inputs = arguments[0]
        if torch.is_grad_enabled() and not inputs.requires_grad:
            inputs.requires_grad_()
        trace.inputs.append(inputs)

    return note
