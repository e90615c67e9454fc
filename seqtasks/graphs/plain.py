"""A model in a form that can be traced: no way through it depends on the numbers that it reads."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from torch import Tensor, nn

from seqtasks.encoder import RecurrentEncoder
from seqtasks.encoder.layer import EncoderLayer
from seqtasks.graphs.leaves import CELLS, copied, recurrence
from seqtasks.heads.copying import CopyGate
from seqtasks.kernels.lengths import State


@contextmanager
def plain(model: nn.Module) -> Iterator[None]:
    """Within it encoders and copy gates call the operators of `seqtasks.graphs.leaves`."""
    with ExitStack() as undo:

        def change(module: Any, method: str, function: Callable[..., Any], *first: Any) -> None:
            setattr(module, method, functools.partial(function, *first))
            undo.callback(delattr, module, method)

        undo.callback(CELLS.clear)
        for module in model.modules():
            if isinstance(module, RecurrentEncoder):
                change(module, "forward", run_encoder, module)
            elif isinstance(module, EncoderLayer):
                change(module, "run", run_cell, len(CELLS))
                CELLS.extend(module.cells)
            elif isinstance(module, CopyGate):
                change(module, "forward", run_gate, module)
        yield


def run_encoder(
    encoder: RecurrentEncoder,
    inputs: Tensor,
    lengths: Tensor | None = None,
    state: State | None = None,
) -> tuple[Tensor, State]:
    """What `RecurrentEncoder.forward` computes, for a batch of any lengths.

    Shapes are those of it: inputs (batch, time, input_size), outputs (batch, time, output_size).
    """
    if state is None:
        state = tuple(inputs.new_zeros(inputs.size(0), *shape) for shape in encoder.state_shapes)
    return encoder.run(inputs, lengths, state)


def run_cell(
    first: int, number: int, features: Tensor, lengths: Tensor | None, state: State, _: None
) -> tuple[Tensor, State]:
    """What `EncoderLayer.run` computes, where ``first`` is the place of the layer's first cell.

    Features are (batch, time, input_size), lengths (batch,) int64 or None, and state tensors
    (batch, …).
    """
    output, *final = recurrence(features, lengths, list(state), first + number, number == 1)
    return output, tuple(final)


def run_gate(
    gate: CopyGate, features: Tensor, logits: Tensor, weights: Tensor, copies: Tensor
) -> Tensor:
    """What `CopyGate.forward` computes.

    Features are (batch, time, size), logits (batch, time, vocab), weights (batch, time, steps) and
    copies (batch, steps) int64.
    """
    made, share = gate.shares(features, logits)
    return copied(made, share, weights, copies)
