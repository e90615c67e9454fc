"""Computations that a trace keeps whole: recurrences, and the copying of words.

How a cell runs over a batch depends on the lengths, which a trace cannot follow. So while a model
is traced, its encoders call the operators below, each of which is translated to ONNX as one piece.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from seqtasks.graphs.operators import Operand
from seqtasks.graphs.operators.pointwise import logaddexp
from seqtasks.graphs.operators.table import OPERATORS, translates
from seqtasks.graphs.recurrence import write_recurrence
from seqtasks.graphs.writer import Writer

CELLS: list[Any] = []
"""The cells of the model that is being traced; the operator names a cell by its place."""


@torch.library.custom_op("seqtasks::recurrence", mutates_args=())
def recurrence(
    inputs: Tensor, lengths: Tensor | None, state: list[Tensor], cell: int, backward: bool
) -> list[Tensor]:
    """A cell over time, as in `write_recurrence`; ``cell`` is its place in `CELLS`.

    Inputs are (batch, time, input_size), lengths (batch,) int64 or None, and each state tensor is
    (batch, …). It stands for the outputs (batch, time, output_size) and the final state.
    """
    raise RuntimeError("the operator is for traces alone")


@recurrence.register_fake
def _(
    inputs: Tensor, lengths: Tensor | None, state: list[Tensor], cell: int, backward: bool
) -> list[Tensor]:
    outputs = inputs.new_empty(*inputs.shape[:2], CELLS[cell].output_size)
    return [outputs, *(torch.empty_like(tensor) for tensor in state)]


@torch.library.custom_op("seqtasks::copied", mutates_args=())
def copied(log_probs: Tensor, share: Tensor, weights: Tensor, copies: Tensor) -> Tensor:
    """Log-probabilities of the vocabulary's words and of the source's; see `CopyGate`.

    Args:
        log_probs: (batch, time, vocab), of the words that are generated.
        share: (batch, time, 1), the logarithm of the share that is copied.
        weights: (batch, time, steps), the attention.
        copies: (batch, steps) int64, the number of each word of the source.
    """
    raise RuntimeError("the operator is for traces alone")


@copied.register_fake
def _(log_probs: Tensor, share: Tensor, weights: Tensor, copies: Tensor) -> Tensor:
    words = torch.library.get_ctx().new_dynamic_size()
    return log_probs.new_empty(*log_probs.shape[:2], words)


@translates("seqtasks.copied.default")
def _write_copied(
    write: Writer,
    result: Tensor,
    log_probs: Operand,
    share: Operand,
    weights: Operand,
    copies: Operand,
) -> str:
    size = write.size(log_probs.name, 2)
    last = write("ReduceMax", copies.name, keepdims=0)
    words = write("Add", write("Reshape", last, write.ints(1)), write.ints(1))
    more = write("Max", write("Sub", words, size), write.ints(0))
    pads = write.shape(0, more)
    low = write.constant(-torch.inf, torch.float32)
    wide = write("Pad", log_probs.name, pads, low, write.ints(2))
    shape = write("Shape", wide)
    nothing = write("Expand", write.constant(0.0, torch.float32), shape)
    index = write("Unsqueeze", copies.name, write.ints(1))
    index = write("Expand", index, write("Shape", weights.name))
    attended = write("ScatterElements", nothing, index, weights.name, axis=2, reduction="add")
    taken = write("Add", share.name, write("Log", attended))
    return logaddexp(write, result, Operand(wide, result), Operand(taken, result))


OPERATORS["seqtasks.recurrence.default"] = lambda write, _, x, lengths, state, cell, backward: (
    write_recurrence(write, CELLS[cell], x, lengths, state, backward)
)
