"""Traces of an encoder: its recurrences run step by step, and every step is kept."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from seqtasks.encoder import RecurrentEncoder
from seqtasks.kernels.lengths import State


@dataclass
class CellTrace:
    """The outputs and states of one recurrence, in the order of its steps.

    Attributes:
        outputs: of each step, (batch, 1, output_size).
        states: after each step, a tuple of (batch, …).
    """

    outputs: list[Tensor] = field(default_factory=list)
    states: list[State] = field(default_factory=list)


@dataclass
class LayerTrace:
    """The inputs of one layer of the stack, and the traces of its recurrences.

    Attributes:
        inputs: of each call, (batch, time, input_size).
        cells: the trace of the forward recurrence, and of any backward one.
    """

    inputs: list[Tensor] = field(default_factory=list)
    cells: list[CellTrace] = field(default_factory=list)


class SteppedCell(nn.Module):
    """A recurrence that runs one step at a time and keeps each step in a trace.

    By the law of stepping, the outputs, states and gradients are those of the whole recurrence.

    Args:
        cell: the recurrence.
        trace: gains every step.
    """

    def __init__(self, cell: nn.Module, trace: CellTrace) -> None:
        super().__init__()
        self.cell, self.trace = cell, trace

    def forward(
        self, inputs: Tensor, lengths: Tensor | None = None, state: State | None = None
    ) -> tuple[Tensor, State]:
        """Run over at least one step; shapes as in the contract of a recurrence."""
        outputs = []
        for number, step in enumerate(inputs.split(1, dim=1)):
            real = None if lengths is None else (lengths - number).clamp(0, 1)
            output, state = self.cell(step, real, state)
            outputs.append(output)
            self.trace.states.append(state)
        self.trace.outputs.extend(outputs)
        return torch.cat(outputs, dim=1), state or ()


@contextmanager
def trace_encoder(encoder: RecurrentEncoder) -> Iterator[tuple[list[LayerTrace], list[State]]]:
    """Within the context, an encoder runs step by step and its layers are traced.

    Where gradients are on, every layer's input gets a gradient, even above a frozen embedding.
    After the context the encoder is as before.

    Args:
        encoder: called in the context, best once and in evaluation mode.

    Yields:
        One trace for each layer, and for each call the encoder's outputs
        (batch, time, output_size) with its final state; both fill with the calls.

    >>> encoder = RecurrentEncoder(3, 5, num_layers=2, cell="gru")
    >>> with trace_encoder(encoder) as (layers, calls):
    ...     outputs, _ = encoder(torch.randn(1, 7, 3))
    >>> len(layers), len(layers[1].cells[0].states), layers[1].inputs[0].shape, len(calls[0])
    (2, 7, torch.Size([1, 7, 5]), 3)
    """
    stack: Any = list(encoder.layers)
    traces = [LayerTrace(cells=[CellTrace() for _ in layer.cells]) for layer in stack]
    calls: list[State] = []
    with ExitStack() as undo:

        def note(_: nn.Module, __: Any, given: tuple[Tensor, State]) -> tuple[Tensor, State]:
            # Copies: the outputs may be made of the state, whose gradient then has theirs in it.
            outputs, *state = (tensor.clone() for tensor in (given[0], *given[1]))
            calls.append((outputs, *state))
            return outputs, tuple(state)

        undo.enter_context(encoder.register_forward_hook(note))
        for layer, trace in zip(stack, traces, strict=True):
            undo.callback(setattr, layer, "cells", layer.cells)
            pairs = zip(layer.cells, trace.cells, strict=True)
            layer.cells = nn.ModuleList(SteppedCell(cell, steps) for cell, steps in pairs)
            undo.enter_context(layer.register_forward_pre_hook(functools.partial(_note, trace)))
        yield traces, calls


def _note(trace: LayerTrace, layer: nn.Module, arguments: tuple[Tensor, ...]) -> None:
    inputs = arguments[0]
    if torch.is_grad_enabled() and not inputs.requires_grad:
        inputs.requires_grad_()
    trace.inputs.append(inputs)
