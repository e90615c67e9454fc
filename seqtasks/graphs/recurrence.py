"""A recurrence over time as ONNX: its own operator where ONNX has one, else a loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from onnx import TensorProto, helper

from seqtasks.cells.contract import Recurrence
from seqtasks.cells.fused import FusedRecurrence
from seqtasks.graphs.operators import Operand
from seqtasks.graphs.source import Source
from seqtasks.graphs.steps import write_step
from seqtasks.graphs.writer import Writer

FUSED: dict[str, tuple[str, list[int], dict[str, Any]]] = {
    "RNN_TANH": ("RNN", [0], {"activations": ["Tanh"]}),
    "RNN_RELU": ("RNN", [0], {"activations": ["Relu"]}),
    "GRU": ("GRU", [1, 0, 2], {"linear_before_reset": 1}),
    "LSTM": ("LSTM", [0, 3, 1, 2], {}),
}
"""Torch's mode → ONNX's operator, the order of its gates among torch's, and its attributes."""


def write_recurrence(
    write: Writer,
    source: Source,
    cell: Recurrence,
    inputs: Operand,
    lengths: str | None,
    state: Sequence[str],
    backward: bool,
) -> list[str]:
    """Write a cell; returns its outputs, zero past each length, and its final state.

    Args:
        write: the graph.
        source: the model.
        cell: the recurrence.
        inputs: (batch, time, input_size).
        lengths: (batch,) int64, or None where every sequence fills the batch.
        state: before the first step.
        backward: whether to read each sequence from its end to its beginning.
    """
    write.root.read |= {source.names[id(part)] for part in cell.parameters()}
    fused = isinstance(cell, FusedRecurrence)
    if lengths is None and inputs.like.shape[1] == 1 and not fused:
        step = write("Squeeze", inputs.name, write.ints(1))
        output, *final = write_step(write, source, cell, step, state)
        return [write("Unsqueeze", output, write.ints(1)), *final]
    if fused:
        return write_fused(write, source, cell, inputs.name, lengths, state, backward)
    if lengths is None:
        batch, time = (write.size(inputs.name, axis) for axis in (0, 1))
        lengths = write("Expand", time, batch)
    return write_loop(write, source, cell, inputs.name, lengths, state, backward)


def reality(write: Writer, inputs: str, lengths: str) -> str:
    """(batch, time) bool, True at real steps."""
    time = write("Squeeze", write.size(inputs, 1))
    steps = write("Range", write.constant(0), time, write.constant(1))
    return write("Less", steps, write("Unsqueeze", lengths, write.ints(1)))


def write_fused(
    write: Writer,
    source: Source,
    cell: Any,
    inputs: str,
    lengths: str | None,
    state: Sequence[str],
    backward: bool,
) -> list[str]:
    """Write ONNX's operator; a sequence of no steps runs one step, which is then discarded."""
    kind, gates, attributes = FUSED[cell.rnn.mode]
    weight_ih, weight_hh, bias_ih, bias_hh = cell.rnn.all_weights[0]
    stem = source.names[id(weight_ih)].removesuffix(".weight_ih_l0")
    w, r, bi, bh = (
        torch.cat([part.detach().chunk(len(gates))[gate] for gate in gates])
        for part in (weight_ih, weight_hh, bias_ih, bias_hh)
    )
    parts = [
        write.weight(f"{stem}.weight_ih_l0", w.unsqueeze(0)),
        write.weight(f"{stem}.weight_hh_l0", r.unsqueeze(0)),
        write.constant(torch.cat([bi, bh]).unsqueeze(0)),
    ]
    counted = "" if lengths is None else real_lengths(write, lengths, torch.int32)
    starts = [write("Unsqueeze", part, write.ints(0)) for part in state]
    outputs, *finals = write.several(
        kind,
        [write("Transpose", inputs, perm=[1, 0, 2]), *parts, counted, *starts],
        1 + len(state),
        hidden_size=cell.rnn.hidden_size,
        direction="reverse" if backward else "forward",
        **attributes,
    )
    outputs = write("Transpose", write("Squeeze", outputs, write.ints(1)), perm=[1, 0, 2])
    ends = [write("Squeeze", final, write.ints(0)) for final in finals]
    if lengths is None:
        return [outputs, *ends]
    some = write("Greater", write("Unsqueeze", lengths, write.ints(1)), write.constant(0))
    kept = [write("Where", some, end, start) for end, start in zip(ends, state, strict=True)]
    return [zeroed(write, outputs, reality(write, inputs, lengths)), *kept]


def write_loop(
    write: Writer,
    source: Source,
    cell: Recurrence,
    inputs: str,
    lengths: str,
    state: Sequence[str],
    backward: bool,
) -> list[str]:
    """Write a loop over the cell's step; past its length a sequence keeps its state."""
    real = reality(write, inputs, lengths)
    if backward:
        inputs = reversed_steps(write, inputs, lengths)
    body = write.body()
    step, now = body.name("step"), body.name("now")
    before = [body.name("before") for _ in state]
    output, *after = write_step(body, source, cell, step, before)
    held = [
        body("Where", widened(body, now, len(shape)), new, old)
        for new, old, shape in zip(after, before, cell.state_shapes, strict=True)
    ]
    kept: list[list[int | str]] = [["batch", *shape] for shape in cell.state_shapes]
    graph = helper.make_graph(
        body.nodes,
        body.name("loop"),
        [
            *(floats(name, shape) for name, shape in zip(before, kept, strict=True)),
            floats(step, ("batch", cell.input_size)),
            helper.make_tensor_value_info(now, TensorProto.BOOL, ["batch"]),
        ],
        [
            *(floats(name, shape) for name, shape in zip(held, kept, strict=True)),
            floats(output, ("batch", cell.output_size)),
        ],
    )
    *final, outputs = write.several(
        "Scan",
        [*state, inputs, real],
        len(state) + 1,
        body=graph,
        num_scan_inputs=2,
        scan_input_axes=[1, 1],
        scan_output_axes=[1],
    )
    outputs = zeroed(write, outputs, real)
    return [reversed_steps(write, outputs, lengths) if backward else outputs, *final]


def widened(write: Writer, real: str, axes: int) -> str:
    """Add ``axes`` axes behind a truth for each sequence, (batch,)."""
    return write("Unsqueeze", real, write.ints(*range(1, axes + 1))) if axes else real


def zeroed(write: Writer, outputs: str, real: str) -> str:
    """Set the outputs past each length to zero."""
    zero = write.constant(0.0, torch.float32)
    return write("Where", write("Unsqueeze", real, write.ints(2)), outputs, zero)


def reversed_steps(write: Writer, sequences: str, lengths: str) -> str:
    """Reverse each sequence's real steps."""
    counted = real_lengths(write, lengths, torch.int64)
    return write("ReverseSequence", sequences, counted, batch_axis=0, time_axis=1)


def real_lengths(write: Writer, lengths: str, dtype: torch.dtype) -> str:
    """Lengths of at least 1, in a type; some runtimes refuse a sequence of no steps."""
    counted = write("Max", lengths, write.ints(1))
    return counted if dtype == torch.int64 else write.cast(counted, dtype)


def floats(name: str, shape: Sequence[int | str]) -> Any:
    """A float32 tensor in a graph's signature."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))
