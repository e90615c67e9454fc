"""Recurrences that torch computes in one call, given lengths.

On a CPU a padded batch runs in one fused call, and the state at each sequence's own end is read
from the outputs; on a GPU ragged batches are packed, which cuDNN does at full speed. Both give the
same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from seqtasks.kernels.lengths import State, last_step, mask, on_host, zero_padding

KERNELS: dict[str, Callable[..., Any]] = {
    "RNN_TANH": torch.rnn_tanh,
    "RNN_RELU": torch.rnn_relu,
    "GRU": torch.gru,
    "LSTM": torch.lstm,
}

CELLS: dict[str, Callable[..., Any]] = {
    "RNN_TANH": torch.rnn_tanh_cell,
    "RNN_RELU": torch.rnn_relu_cell,
    "GRU": torch.gru_cell,
    "LSTM": torch.lstm_cell,
}

NARROW = {
    torch.bfloat16: "_is_mkldnn_bf16_supported",
    torch.float16: "_is_mkldnn_fp16_supported",
}
"""What tells whether oneDNN multiplies numbers of a type on this CPU."""

SATURATED = 1e4
"""A gate input at which the logistic function is exactly 0 or 1 in every float type."""


def fused(
    mode: str, inputs: Tensor, lengths: Tensor | None, state: State, weights: Sequence[Tensor]
) -> tuple[Tensor, State]:
    """Run one of torch's recurrences over time.

    Args:
        mode: a key of `KERNELS`.
        inputs: (batch, time, input_size), neither axis empty.
        lengths: (batch,) int64, or None where every sequence fills the batch.
        state: before the first step; each tensor is (batch, hidden_size).
        weights: of the inputs, of the state, and their biases, as torch orders their gates.

    Returns:
        Outputs (batch, time, hidden_size), zero past each length, and the state after each
        sequence's last real step.
    """
    if lengths is None:
        return run_kernel(mode, inputs, state, weights)
    if inputs.is_cuda:
        return run_packed(mode, inputs, lengths, state, weights)
    return run_padded(mode, inputs, lengths, state, weights)


def run_kernel(
    mode: str, inputs: Tensor, state: State, weights: Sequence[Tensor]
) -> tuple[Tensor, State]:
    """Every step of every sequence; a single step on a CPU without preparations.

    Inputs are (batch, time, input_size), state tensors (batch, hidden_size), and the outputs
    (batch, time, hidden_size); the weights are W, U and their biases.
    """
    grad = torch.is_grad_enabled()
    if inputs.size(1) == 1 and inputs.is_cpu and not grad:
        before = state if mode == "LSTM" else state[0]
        after = CELLS[mode](inputs[:, 0], before, *weights)
        after = after if mode == "LSTM" else (after,)
        return after[0].unsqueeze(1), after
    if mode == "LSTM" and inputs.is_cpu and lacks_narrow_products():
        with torch.autocast("cpu", enabled=False):
            wide = (part.to(weights[0].dtype) for part in (inputs, *state))
            return run_kernel(mode, next(wide), tuple(wide), weights)
    options = (True, 1, 0.0, grad, False, True)  # biases, layers, dropout, training, …, batch first
    outputs, *final = KERNELS[mode](inputs, with_layer_axis(state), weights, *options)
    return outputs, tuple(tensor.squeeze(0) for tensor in final)


def lacks_narrow_products() -> bool:
    """Whether 16 bits are asked for on a CPU that has no instructions for them.

    torch's LSTM fails there, where its other kernels compute in float32 what oneDNN cannot.
    """
    if not torch.is_autocast_enabled("cpu"):
        return False
    asked = NARROW.get(torch.get_autocast_dtype("cpu"))
    return asked is not None and not getattr(torch.ops.mkldnn, asked)()


def run_padded(
    mode: str, inputs: Tensor, lengths: Tensor, state: State, weights: Sequence[Tensor]
) -> tuple[Tensor, State]:
    """Run through the padding, then read each state where its sequence ends.

    Shapes are those of `run_kernel`; lengths are (batch,) int64.

    The cell state of an LSTM cannot be read from the outputs. So each of its steps gets one more
    input feature, 1 at padding, whose weights shut the input gate and open the forget gate to the
    last bit: c stays as it was at the last real step, and so does its gradient.
    """
    if mode == "LSTM":
        gates = weights[0].new_zeros(4, weights[1].size(1), 1)  # input, forget, cell, output
        gates[0], gates[1] = -SATURATED, SATURATED
        padding = (~mask(lengths, inputs.size(1))).to(inputs.dtype).unsqueeze(-1)
        inputs = torch.cat([inputs, padding], dim=-1)
        weights = [torch.cat([weights[0], gates.flatten(0, 1)], dim=1), *weights[1:]]
    outputs, (_, *cell) = run_kernel(mode, inputs, state, weights)
    return zero_padding(outputs, lengths), (last_step(outputs, lengths, state[0]), *cell)


def run_packed(
    mode: str, inputs: Tensor, lengths: Tensor, state: State, weights: Sequence[Tensor]
) -> tuple[Tensor, State]:
    """Pack, run, unpack; a sequence of length zero runs one step that is then discarded.

    Shapes are those of `run_kernel`; lengths are (batch,) int64.
    """
    packed = pack_padded_sequence(
        inputs, on_host(lengths).clamp(min=1), batch_first=True, enforce_sorted=False
    )
    order, back = packed.sorted_indices, packed.unsorted_indices
    assert order is not None
    assert back is not None
    ordered = with_layer_axis(tuple(tensor.index_select(0, order) for tensor in state))
    options = (True, 1, 0.0, torch.is_grad_enabled(), False)  # biases, layers, dropout, training, …
    outputs, *final = KERNELS[mode](packed.data, packed.batch_sizes, ordered, weights, *options)
    unpacked, _ = pad_packed_sequence(
        PackedSequence(outputs, packed.batch_sizes, order, back),
        batch_first=True,
        total_length=inputs.size(1),
    )
    real = (lengths > 0).unsqueeze(1)
    ends = [tensor.squeeze(0).index_select(0, back) for tensor in final]
    kept = [torch.where(real, end, start) for end, start in zip(ends, state, strict=True)]
    return zero_padding(unpacked, lengths), tuple(kept)


def with_layer_axis(state: State) -> Any:
    """The state as torch's kernels read it: a layer axis in front, and one tensor by itself.

    (batch, hidden_size) becomes (1, batch, hidden_size).
    """
    found = [tensor.unsqueeze(0).contiguous() for tensor in state]
    return found if len(found) > 1 else found[0]
