"""One step of a recurrence.

A cell is traced where it takes a single step. Those whose step is no plain computation, because it
is complex, walks over lists, or picks its weights, are written once more below in torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram
from torch.nn import functional

from seqtasks.cells.contract import Recurrence
from seqtasks.cells.layer_norm_lstm import EPSILON, LayerNormLSTM
from seqtasks.cells.lru import LRU
from seqtasks.cells.slstm import SLSTM
from seqtasks.cells.unshared_elman import UnsharedElman
from seqtasks.errors import UsageError
from seqtasks.graphs.source import Source
from seqtasks.graphs.translation import Translation, decompose
from seqtasks.graphs.writer import Writer
from seqtasks.kernels.lengths import State

ROWS = 7
"""Sequences of the example that is traced; any number but 0 and 1, which a trace would keep."""

Stepping = Callable[[Any, Tensor, State], tuple[Tensor, State]]
"""``output, state = step(cell, inputs, state)`` on tensors (batch, …) without an axis of time."""


def layer_norm_lstm(cell: LayerNormLSTM, inputs: Tensor, state: State) -> tuple[Tensor, State]:
    """The equations at the top of its file."""
    h, c = state
    gates = cell.input_norm(cell.inputs(inputs))
    gain = cell.recurrent_gain
    gates = gates + functional.layer_norm(h @ cell.recurrent[0], gain.shape, gain, None, EPSILON)
    f, i, o, g = gates.chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    h = o.sigmoid() * cell.cell_norm(c).tanh()
    return h, (h, c)


def slstm(cell: SLSTM, inputs: Tensor, state: State) -> tuple[Tensor, State]:
    """The equations at the top of its file."""
    h, c, n, m = state
    m = m.masked_fill(n == 0, -torch.inf)
    heads = h.unflatten(1, (cell.heads, -1)).transpose(0, 1)  # (heads, batch, size)
    recurrent = (heads @ cell.recurrent).transpose(0, 1).flatten(1)
    gates = (cell.inputs(inputs) + recurrent).unflatten(1, (cell.heads, 4, -1))
    z, o, f, i = (gates[:, :, number].flatten(1) for number in range(4))
    carried = functional.logsigmoid(f) + m
    m = torch.maximum(carried, i)
    f, i = (carried - m).exp(), (i - m).exp()
    c = f * c + i * z.tanh()
    n = f * n + i
    h = o.sigmoid() * c / n.clamp(min=1)
    return h, (h, c, n, m)


def lru(cell: LRU, inputs: Tensor, state: State) -> tuple[Tensor, State]:
    """The equations at the top of its file, real and imaginary parts by themselves."""
    real, imaginary = state[0].unbind(2)
    radius, angle = (-cell.nu.exp()).exp(), cell.theta.exp()
    across, along = radius * angle.cos(), radius * angle.sin()
    written = cell.gamma.exp()[:, None, None] * cell.write
    steps = functional.linear(inputs, written.flatten(0, 1)).unflatten(1, (-1, 2))
    state = (
        torch.stack(
            [
                across * real - along * imaginary + steps[:, :, 0],
                across * imaginary + along * real + steps[:, :, 1],
            ],
            dim=2,
        ),
    )
    conjugate = cell.read * cell.read.new_tensor([1.0, -1.0])
    read = functional.linear(state[0].flatten(1), conjugate.flatten(1))
    return read + cell.skip(inputs), state


def unshared_elman(cell: UnsharedElman, inputs: Tensor, state: State) -> tuple[Tensor, State]:
    """The equation at the top of its file; there are no weights for a step too many."""
    h, steps = state
    taken = steps.squeeze(1).long().clamp(min=0)
    gates = (inputs.unsqueeze(1) @ cell.weight_ih[taken]).squeeze(1) + cell.bias[taken]
    h = (gates + (h.unsqueeze(1) @ cell.weight_hh[taken]).squeeze(1)).tanh()
    return h, (h, (taken + 1).to(inputs.dtype).unsqueeze(1))


STEPS: dict[type[Recurrence], Stepping] = {
    LayerNormLSTM: layer_norm_lstm,
    SLSTM: slstm,
    LRU: lru,
    UnsharedElman: unshared_elman,
}


class Step(nn.Module):
    """One step of a cell, to be traced.

    Args:
        cell: the recurrence.
    """

    def __init__(self, cell: Recurrence) -> None:
        super().__init__()
        self.cell = cell

    def forward(self, inputs: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        """(batch, input_size) and the state → the output and the state."""
        if type(self.cell) in STEPS:
            output, after = STEPS[type(self.cell)](self.cell, inputs, state)
        else:
            outputs, after = self.cell(inputs.unsqueeze(1), None, state)
            output = outputs.squeeze(1)
        return (output, *after)


def write_step(
    write: Writer,
    source: Source,
    cell: Recurrence,
    inputs: str,
    state: Sequence[str],
    real: str | None = None,
) -> list[str]:
    """One step's output and the state after it.

    Args:
        write: where to.
        source: the model.
        cell: the recurrence.
        inputs: (batch, input_size).
        state: before the step.
        real: (batch,) bool, whether the step is real; None where it is for all.

    Raises:
        UsageError: the cell cannot be traced.
    """
    program = source.traced(cell)
    if program is None:
        program = traced(cell)
        source.steps.append((cell, program))
    if isinstance(cell, UnsharedElman) and real is not None:  # padding has no weights either
        state = [*state[:1], write("Where", column(write, real), state[1], zero(write))]
    return Translation(program, write, source, Step(cell)).run([inputs, *state])


def traced(cell: Recurrence) -> ExportedProgram:
    """One step of a cell as torch sees it.

    Raises:
        UsageError: it decides something by what it reads.
    """
    like = next(iter(cell.parameters()))
    state = cell.initial_state(ROWS, like)
    example = (like.new_zeros(ROWS, cell.input_size).uniform_(-1, 1), *state)
    varies = {0: Dim.AUTO}
    shapes = (varies, *[tuple(varies for _ in state)] * bool(state))
    try:
        program = torch.export.export(
            Step(cell).eval(), example, dynamic_shapes=shapes, strict=False
        )
        program = decompose(program)
    except Exception as error:  # whatever a cell does that a trace cannot follow
        line = str(error).strip().splitlines()[0]
        raise UsageError(
            f"export: one step of a {type(cell).__name__} cannot be traced ({line}); write its "
            "step in operators of torch alone, without decisions that depend on numbers"
        ) from error
    given = [node for node in program.graph.nodes if node.op == "placeholder"][-len(example) :]
    if any(str(node.meta["val"].shape[0]) == str(ROWS) for node in given if node.users):
        raise UsageError(
            f"export: one step of a {type(cell).__name__} decides something by the size of its "
            "batch, which a graph cannot"
        )
    return program


def column(write: Writer, real: str) -> str:
    """(batch,) → (batch, 1)."""
    return write("Unsqueeze", real, write.ints(1))


def zero(write: Writer) -> str:
    """0 as a float."""
    return write.constant(0.0, torch.float32)
