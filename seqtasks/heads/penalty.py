"""Penalties on the outputs of a recurrence; they are part of the objective and of no score."""

from __future__ import annotations

from torch import Tensor

from seqtasks.kernels.scan import in_widest_type


def activation_penalty(
    outputs: Tensor, dropped: Tensor, real: Tensor, alpha: float, beta: float
) -> Tensor:
    """Activation regularisation (AR) and its temporal kind (TAR), summed over real steps.

    Merity, McCann and Socher 2017, "Revisiting activation regularization for language RNNs",
    section 3: α L2(m ⊙ h_t) keeps the outputs small, β L2(h_t - h_{t+1}) keeps them slow. Each
    term is a mean square over the features, as in the authors' experiments.

    The outputs are (batch, time, size), as the recurrence gives them, ``dropped`` what dropout
    leaves of them, and ``real`` (batch, time) bool, real steps first. The terms of TAR, weighted by
    β, are pairs of neighbours, one fewer than a sequence's steps. The penalty is a scalar.

    >>> import torch
    >>> outputs, real = torch.tensor([[[1.0], [3.0], [9.0]]]), torch.tensor([[True, True, False]])
    >>> activation_penalty(outputs, 2 * outputs, real, alpha=1.0, beta=0.0)  # 2² + 6²
    tensor(40.)
    >>> activation_penalty(outputs, 2 * outputs, real, alpha=0.0, beta=1.0)  # (3 - 1)²
    tensor(4.)
    """
    [precise] = in_widest_type(outputs)
    penalty = precise.new_zeros(())
    if alpha:
        sizes = dropped.to(precise.dtype).square().mean(dim=-1)
        penalty = penalty + alpha * sizes.masked_fill(~real, 0.0).sum()
    if beta:
        moves = precise.diff(dim=1).square().mean(dim=-1)
        penalty = penalty + beta * moves.masked_fill(~real[:, 1:], 0.0).sum()
    return penalty
