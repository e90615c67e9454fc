"""A recurrence over time as ONNX: its own operator where ONNX has one, else a loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from onnx import TensorProto, helper

from seqtasks.cells.contract import Recurrence
from seqtasks.cells.fused import FusedRecurrence
from seqtasks.graphs.operators import Operand
from seqtasks.graphs.steps import write_step
from seqtasks.graphs.writer import Writer

FUSED: dict[str, tuple[str, list[int], dict[str, Any]]] = {
    "RNN_TANH": ("RNN", [0], {"activations": ["Tanh"]}),
    "RNN_RELU": ("RNN", [0], {"activations": ["Relu"]}),
    "GRU": ("GRU", [1, 0, 2], {"linear_before_reset": 1}),
    "LSTM": ("LSTM", [0, 3, 1, 2], {}),
}
"""Torch's mode → ONNX's operator, the order of its gates among torch's, and its attributes."""


@dataclass
class RecurrenceGraph:
    """One run of a cell over a batch, to be written into a graph.

    Attributes:
        write: the graph.
        cell: the recurrence.
        inputs: (batch, time, input_size).
        lengths: (batch,) int64, or None where every sequence fills the batch.
        state: before the first step.
        backward: whether to read each sequence from its end to its beginning.
    """

    write: Writer
    cell: Recurrence
    inputs: str
    lengths: str | None
    state: Sequence[str]
    backward: bool

    def real(self, lengths: str) -> str:
        """(batch, time) bool, True at real steps."""
        write = self.write
        time = write("Squeeze", write.size(self.inputs, 1))
        steps = write("Range", write.constant(0), time, write.constant(1))
        return write("Less", steps, write("Unsqueeze", lengths, write.ints(1)))

    def zeroed(self, outputs: str, real: str) -> str:
        """The outputs with zeros past each length."""
        write = self.write
        zero = write.constant(0.0, torch.float32)
        return write("Where", write("Unsqueeze", real, write.ints(2)), outputs, zero)

    def fused(self) -> list[str]:
        """Write ONNX's operator; a sequence of no steps runs one step, which is then discarded."""
        write, state, lengths = self.write, self.state, self.lengths
        rnn: Any = self.cell.rnn
        kind, gates, attributes = FUSED[rnn.mode]
        weight_ih, weight_hh, bias_ih, bias_hh = rnn.all_weights[0]
        stem = write.source.names[id(weight_ih)].removesuffix(".weight_ih_l0")
        w, r, bi, bh = (
            torch.cat([part.detach().chunk(len(gates))[gate] for gate in gates])
            for part in (weight_ih, weight_hh, bias_ih, bias_hh)
        )
        parts = [
            write.weight(f"{stem}.weight_ih_l0", w.unsqueeze(0)),
            write.weight(f"{stem}.weight_hh_l0", r.unsqueeze(0)),
            write.constant(torch.cat([bi, bh]).unsqueeze(0)),
        ]
        counted = "" if lengths is None else write.cast(real_lengths(write, lengths), torch.int32)
        starts = [write("Unsqueeze", part, write.ints(0)) for part in state]
        outputs, *finals = write.several(
            kind,
            [write("Transpose", self.inputs, perm=[1, 0, 2]), *parts, counted, *starts],
            1 + len(state),
            hidden_size=rnn.hidden_size,
            direction="reverse" if self.backward else "forward",
            **attributes,
        )
        outputs = write("Transpose", write("Squeeze", outputs, write.ints(1)), perm=[1, 0, 2])
        ends = [write("Squeeze", final, write.ints(0)) for final in finals]
        if lengths is None:
            return [outputs, *ends]
        some = write("Greater", write("Unsqueeze", lengths, write.ints(1)), write.constant(0))
        kept = [write("Where", some, end, start) for end, start in zip(ends, state, strict=True)]
        return [self.zeroed(outputs, self.real(lengths)), *kept]

    def loop(self) -> list[str]:
        """Write a loop over the cell's step; past its length a sequence keeps its state."""
        write, cell, inputs, lengths = self.write, self.cell, self.inputs, self.lengths
        if lengths is None:
            batch, time = (write.size(inputs, axis) for axis in (0, 1))
            lengths = write("Expand", time, batch)
        real = self.real(lengths)
        if self.backward:
            inputs = reversed_steps(write, inputs, lengths)
        body = Writer(write.source, write)
        step, now = body.name("step"), body.name("now")
        before = [body.name("before") for _ in self.state]
        output, *after = write_step(body, cell, step, before)
        held = [
            body("Where", for_each_axis(body, now, len(shape)), new, old)
            for new, old, shape in zip(after, before, cell.state_shapes, strict=True)
        ]
        graph = helper.make_graph(
            body.nodes,
            body.name("loop"),
            [
                *map(floats, before, cell.state_shapes),
                floats(step, (cell.input_size,)),
                helper.make_tensor_value_info(now, TensorProto.BOOL, ["batch"]),
            ],
            [*map(floats, held, cell.state_shapes), floats(output, (cell.output_size,))],
        )
        *final, outputs = write.several(
            "Scan",
            [*self.state, inputs, real],
            len(self.state) + 1,
            body=graph,
            num_scan_inputs=2,
            scan_input_axes=[1, 1],
            scan_output_axes=[1],
        )
        outputs = self.zeroed(outputs, real)
        return [reversed_steps(write, outputs, lengths) if self.backward else outputs, *final]


def write_recurrence(
    write: Writer,
    cell: Recurrence,
    inputs: Operand,
    lengths: Operand | None,
    state: Sequence[Operand],
    backward: bool,
) -> list[str]:
    """Write a cell, as in `RecurrenceGraph`.

    Returns:
        The outputs, zero past each length, and the final state.
    """
    write.root.read |= {write.source.names[id(part)] for part in cell.parameters()}
    given = None if lengths is None else lengths.name
    states = [part.name for part in state]
    run = RecurrenceGraph(write, cell, inputs.name, given, states, backward)
    if isinstance(cell, FusedRecurrence):
        return run.fused()
    if given is None and inputs.like.shape[1] == 1:
        step = write("Squeeze", inputs.name, write.ints(1))
        output, *final = write_step(write, cell, step, states)
        return [write("Unsqueeze", output, write.ints(1)), *final]
    return run.loop()


def for_each_axis(write: Writer, real: str, axes: int) -> str:
    """Add ``axes`` axes behind a truth for each sequence, (batch,)."""
    return write("Unsqueeze", real, write.ints(*range(1, axes + 1))) if axes else real


def reversed_steps(write: Writer, sequences: str, lengths: str) -> str:
    """Reverse each sequence's real steps."""
    counted = real_lengths(write, lengths)
    return write("ReverseSequence", sequences, counted, batch_axis=0, time_axis=1)


def real_lengths(write: Writer, lengths: str) -> str:
    """Lengths of at least 1; some runtimes refuse a sequence of no steps."""
    return write("Max", lengths, write.ints(1))


def floats(name: str, shape: Sequence[int]) -> Any:
    """A float32 tensor (batch, …) in a graph's signature."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape])
