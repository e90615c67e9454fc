"""A tanh layer of its own for each step, over sequences that may stand at different steps."""

from __future__ import annotations

import torch
from torch import Tensor


def unshared(
    inputs: Tensor,
    hidden: Tensor,
    taken: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias: Tensor,
) -> Tensor:
    """h_t = tanh(W_t x_t + U_t h_{t-1} + b_t), (batch, time, size).

    Each sequence is laid at its own place among the steps that have weights, and the loop runs over
    those; what lies past the last of them is padding.

    Args:
        inputs: (batch, time, input_size).
        hidden: h before the first step, (batch, size).
        taken: steps behind each sequence, (batch,) int64, at most ``steps``.
        weight_ih: W, (steps, input_size, size).
        weight_hh: U, (steps, size, size).
        bias: b, (steps, size).
    """
    rows = taken.unsqueeze(1) + torch.arange(inputs.size(1), device=inputs.device)
    last = min(int(rows.max()), len(bias) - 1)
    first = min(int(rows.min()), last)
    span = torch.arange(first, last + 1, device=inputs.device)
    places = span - taken.unsqueeze(1)  # (batch, span): steps of the input
    inside = (places >= 0) & (places < inputs.size(1))
    laid = gather(inputs, places.clamp(0, inputs.size(1) - 1))
    used = slice(first, last + 1)
    gates = torch.einsum("bti,tih->tbh", laid, weight_ih[used]) + bias[used].unsqueeze(1)
    outputs = []
    steps = (gates.unbind(), weight_hh[used].unbind(), inside.unsqueeze(2).unbind(1))
    for gate, weight, active in zip(*steps, strict=True):
        hidden = torch.where(active, torch.addmm(gate, hidden, weight).tanh(), hidden)
        outputs.append(hidden)
    return gather(torch.stack(outputs, dim=1), (rows - first).clamp(max=last - first))


def gather(sequences: Tensor, steps: Tensor) -> Tensor:
    """The given steps (batch, n) of sequences (batch, time, size)."""
    return sequences.gather(1, steps.unsqueeze(2).expand(-1, -1, sequences.size(2)))
