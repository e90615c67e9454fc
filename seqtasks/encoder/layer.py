"""A layer of the encoder."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from seqtasks.cells.contract import Recurrence
from seqtasks.encoder.dropout import SequenceDropout
from seqtasks.kernels.affine import Linear
from seqtasks.kernels.lengths import State, reverse
from seqtasks.kernels.schedule import RaggedSchedule, run_scheduled


class EncoderLayer(nn.Module):
    """One level of the stack: norm, one or two directions, dropout, shortcut.

    Args:
        cells: the recurrence from past to future, and perhaps that from future to past.
        norm: normalise the input (pre-norm: the shortcut stays clean).
        residual: add the input to the output, through a linear map where their sizes differ.
        dropout: applied to the recurrence's output, before the shortcut is added.
    """

    def __init__(
        self,
        cells: Sequence[Recurrence],
        norm: bool,
        residual: bool,
        dropout: SequenceDropout,
    ) -> None:
        super().__init__()
        self.cells = nn.ModuleList(cells)
        self.input_size = cells[0].input_size
        self.output_size = sum(cell.output_size for cell in cells)
        self.state_shapes = tuple(shape for cell in cells for shape in cell.state_shapes)
        self.state_counts = [len(cell.state_shapes) for cell in cells]
        self.norm = nn.LayerNorm(self.input_size) if norm else nn.Identity()
        self.dropout = dropout
        self.shortcut: nn.Module | None = nn.Identity() if residual else None
        if residual and self.input_size != self.output_size:
            self.shortcut = Linear(self.input_size, self.output_size, bias=False)

    def forward(
        self,
        inputs: Tensor,
        lengths: Tensor | None = None,
        state: State | None = None,
        schedule: RaggedSchedule | None = None,
    ) -> tuple[Tensor, State]:
        """Run each direction over time.

        Args:
            inputs: (batch, time, input_size), in the schedule's order where there is one.
            lengths: (batch,) int64, or None where every sequence fills the batch.
            state: (batch, …) tensors, those of the first direction first; None to start afresh.
            schedule: how to cut the batch; None to run it whole.

        Returns:
            Outputs (batch, time, output_size), and the state after each sequence's last real step.
        """
        features = self.norm(inputs)
        outputs: list[Tensor] = []
        states: list[Tensor] = []
        for number, count in enumerate(self.state_counts):
            given = None if state is None else state[len(states) :][:count]
            output, final = self.run(number, features, lengths, given, schedule)
            outputs.append(output)
            states.extend(final)
        output = self.dropout(torch.cat(outputs, dim=-1) if len(outputs) > 1 else outputs[0])
        if self.shortcut is not None:
            output = output + self.shortcut(inputs)
        return output, tuple(states)

    def run(
        self,
        number: int,
        features: Tensor,
        lengths: Tensor | None,
        state: State | None,
        schedule: RaggedSchedule | None,
    ) -> tuple[Tensor, State]:
        """Run one direction; the second one reads each sequence from its end to its beginning.

        Arguments are those of `forward`, of one direction: features (batch, time, input_size) after
        the norm, and its own part of the state. Outputs are (batch, time, size).
        """
        cell, backward = self.cells[number], number == 1
        steps = reverse(features, lengths) if backward else features
        if schedule is None:
            output, final = cell(steps, lengths, state)
        else:
            output, final = run_scheduled(cell, steps, schedule, state)
        return reverse(output, lengths) if backward else output, final
