"""Long sequences read chunk by chunk: the state is carried, the activations of one chunk are kept.

The activations of thousands of steps may be more than memory holds. By the chunking law of a
recurrence a sequence fed in pieces gives what it gives whole. In training each piece is run again
in the backward pass from the state that it began with (Chen et al. 2016, "Training deep nets with
sublinear memory cost"), with the same dropout masks, so that the gradient is exact.
"""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.kernels.lengths import State


def check_chunks(encoder: RecurrentEncoder, chunk_steps: int | None, truncate_bptt: bool) -> None:
    """Refuse, by a UsageError, options that `read_in_chunks` cannot read by."""
    if chunk_steps is None and truncate_bptt:
        raise UsageError(
            "it cuts the gradient between chunks, and there are none; set chunk_steps to their "
            "number of steps, or truncate_bptt=false",
            option="truncate_bptt",
        )
    if chunk_steps is None:
        return
    if isinstance(chunk_steps, bool) or not isinstance(chunk_steps, int) or chunk_steps < 1:
        raise UsageError(
            f"it is a number of steps, at least 1, or null, not {chunk_steps}", option="chunk_steps"
        )
    if encoder.bidirectional:
        raise UsageError(
            "an encoder that reads from both ends has no state to carry from chunk to chunk; set "
            "encoder=unidirectional, or chunk_steps=null to read texts whole",
            option="chunk_steps",
        )


def read_in_chunks(
    encoder: RecurrentEncoder,
    inputs: Tensor,
    lengths: Tensor | None = None,
    state: State | None = None,
    *,
    chunk_steps: int | None,
    truncate_bptt: bool = False,
) -> tuple[Tensor, State]:
    """Run an encoder over time, chunk by chunk.

    Without dropout, outputs, states and gradients are those of the encoder by itself, whatever the
    chunk. A dropout mask that the encoder keeps for all steps of a call, it keeps for a chunk.

    Args:
        encoder: reads from past to future.
        inputs: (batch, time, input_size).
        lengths: (batch,) int64, or None where every sequence fills the batch.
        state: as returned by an earlier call, or None to start afresh.
        chunk_steps: steps at a time; None reads all at once.
        truncate_bptt: let no gradient pass from a chunk to the one before: truncated
            backpropagation through time (Williams and Peng 1990).

    Returns:
        Outputs (batch, time, output_size), zero past each length, and the state after each
        sequence's own last real step.

    Raises:
        UsageError: the chunk is below 1 step, the encoder also reads from the end, or
            ``truncate_bptt`` is set without chunks.

    >>> encoder = RecurrentEncoder(3, 5)
    >>> inputs, lengths = torch.randn(2, 7, 3), torch.tensor([7, 2])
    >>> pieces, _ = read_in_chunks(encoder, inputs, lengths, chunk_steps=3)
    >>> torch.allclose(encoder(inputs, lengths)[0], pieces, atol=1e-6)
    True
    """
    check_chunks(encoder, chunk_steps, truncate_bptt)
    time = inputs.size(1)
    if chunk_steps is None or time <= chunk_steps:
        return encoder(inputs, lengths, state)
    run: Any = encoder
    if torch.is_grad_enabled():
        run = functools.partial(checkpoint, encoder, use_reentrant=False)
    outputs: list[Tensor] = []
    for start in range(0, time, chunk_steps):
        if truncate_bptt and start and state is not None:
            state = tuple(tensor.detach() for tensor in state)
        piece = inputs[:, start : start + chunk_steps]
        left = None if lengths is None else (lengths - start).clamp(0, piece.size(1))
        output, state = run(piece, left, state)
        outputs.append(output)
    assert state is not None
    return torch.cat(outputs, dim=1), state
