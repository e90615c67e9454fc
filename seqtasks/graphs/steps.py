"""One step of a recurrence as ONNX, traced from the cell's own equations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn
from torch.export import Dim, ExportedProgram

from seqtasks.cells.contract import Recurrence, output_and_state
from seqtasks.errors import UsageError
from seqtasks.graphs.graph import LEAVE
from seqtasks.graphs.translation import Translation, inputs_of, trace
from seqtasks.graphs.writer import Writer

TRACED_ROWS = 7
"""Sequences of the example that is traced; any number but 0 and 1, which a trace would keep."""


class TracedStep(nn.Module):
    """One step of a cell, to be traced; of a cell that writes no ``step``, a run of one step."""

    def __init__(self, cell: Recurrence) -> None:
        super().__init__()
        self.cell = cell

    def forward(self, x: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        """(batch, input_size) and the state → the output and the state."""
        if hasattr(self.cell, "step"):
            output, after = output_and_state(self.cell.step(x, state))
        else:
            outputs, after = self.cell(x.unsqueeze(1), None, state)
            output = outputs.squeeze(1)
        return (output, *after)


def write_step(write: Writer, cell: Recurrence, x: str, state: Sequence[str]) -> list[str]:
    """Write a step from its input ``x``, (batch, input_size), and the state before it.

    Returns:
        The step's output, and the state after it.

    Raises:
        UsageError: the cell cannot be traced.
    """
    return Translation(write.source.step(cell, traced), write, TracedStep(cell)).run([x, *state])


def traced(cell: Recurrence) -> ExportedProgram:
    """Trace one step of a cell.

    Raises:
        UsageError: the cell decides something by what it reads.
    """
    like = next(iter(cell.parameters()))
    state = tuple(like.new_zeros(TRACED_ROWS, *shape) for shape in cell.state_shapes)
    example = (like.new_zeros(TRACED_ROWS, cell.input_size).uniform_(-1, 1), *state)
    varies: Any = {0: Dim.AUTO}
    shapes = (varies, *[tuple(varies for _ in state)] * bool(state))
    name = f"one step of a {type(cell).__name__}"
    program = trace(TracedStep(cell), example, shapes, name)
    given = inputs_of(program, len(example))
    if any(str(node.meta["val"].shape[0]) == str(TRACED_ROWS) for node in given if node.users):
        raise UsageError(
            f"export: {name} decides something by the size of its batch, which a graph cannot; "
            f"{LEAVE}"
        )
    return program
