"""Cross-entropy of a linear layer over a large vocabulary, a chunk of its logits at a time.

The logits of a whole batch take rows × vocabulary numbers, and the plain way keeps them twice until
the backward pass. Here each chunk of rows gives its nats and its share of every gradient at once,
and its logits are then forgotten. With p the softmax, s the label smoothing and V the vocabulary's
size, the gradient of a row's objective with respect to its logits is p - (1 - s) onehot - s / V.

torch 2.13 has a function of the same name; on a CPU it takes 1.2 to 3 times as long for half of the
memory, and it computes all logits at once where labels are smoothed.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqtasks.kernels.affine import affine

LOGITS_AT_ONCE = {"cpu": 2**21, "other": 2**26}
"""Logits of a chunk: as many as a processor's caches hold, or enough to occupy a GPU."""

ROWS_AT_ONCE = 192
"""Rows of a chunk at least: to multiply fewer takes less time than to add up their gradients."""


def linear_cross_entropy(
    features: Tensor,
    weight: Tensor,
    bias: Tensor,
    targets: Tensor,
    label_smoothing: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """Nats of the targets under softmax(W x + b), and the objective, both summed over rows.

    Equal to `seqtasks.heads.loss.cross_entropy` of the logits in value and gradient. Softmax and
    sums are computed in 32 bits at least; under autocast the products are in its type.

    Args:
        features: (rows, size).
        weight: (vocab, size).
        bias: (vocab,).
        targets: (rows,) int64.
        label_smoothing: share of the objective spread evenly over the vocabulary.

    Returns:
        The total and the objective, scalars; where they differ, the total has no gradient.

    >>> weight = torch.zeros(8, 3, requires_grad=True)
    >>> total, objective = linear_cross_entropy(
    ...     torch.ones(2, 3), weight, torch.zeros(8), torch.tensor([1, 1]))
    >>> objective.backward()
    >>> round(total.exp().item()), weight.grad[:3, 0].tolist()
    (64, [0.25, -1.75, 0.25])
    """
    device = features.device.type
    narrow = torch.is_autocast_enabled(device)
    dtype = torch.get_autocast_dtype(device) if narrow else features.dtype
    backward = torch.is_grad_enabled()
    with torch.autocast(device, enabled=False):
        total, objective = LinearCrossEntropy.apply(
            features, weight, bias, targets, label_smoothing, dtype, backward
        )
    return (total if label_smoothing else objective), objective


class LinearCrossEntropy(torch.autograd.Function):
    """`linear_cross_entropy`; its forward pass computes the gradients of the objective."""

    @staticmethod
    def forward(
        ctx: Any,
        features: Tensor,
        weight: Tensor,
        bias: Tensor,
        targets: Tensor,
        label_smoothing: float,
        dtype: torch.dtype,
        backward: bool,
    ) -> tuple[Tensor, Tensor]:
        """Total and objective, scalars, from products in ``dtype``; keep the gradients.

        The tensors are those of `linear_cross_entropy`: features (rows, size), weight
        (vocab, size), bias (vocab,) and targets (rows,). ``backward`` says whether gradients are
        wanted.
        """
        wants = [backward and wanted for wanted in ctx.needs_input_grad[:3]]
        ctx.dtypes = features.dtype, weight.dtype, bias.dtype
        exact = torch.promote_types(dtype, torch.float32)
        features, weight, bias = features.to(dtype), weight.to(dtype), bias.to(dtype)
        for_features = torch.empty_like(features) if wants[0] else None
        # Gathered as (size, vocab), which the products fill fastest.
        for_weight = weight.new_zeros(weight.t().shape, dtype=exact) if wants[1] else None
        for_bias = bias.new_zeros(bias.shape, dtype=exact) if wants[2] else None
        sums = features.new_zeros(2, dtype=exact)
        size = chunk_rows(weight)
        for start in range(0, len(features), size):
            rows = features[start : start + size]
            [logits] = affine(rows, weight, bias)
            nats, errors = measure(logits.to(exact), targets[start : start + size], label_smoothing)
            sums += nats
            if for_bias is not None:
                for_bias += errors.sum(0)
            errors = errors.to(dtype)
            if for_features is not None:
                for_features[start : start + size] = affine(errors, weight.t())[0]
            if for_weight is not None:
                for_weight += affine(rows.t().contiguous(), errors.t())[0]
        ctx.save_for_backward(for_features, for_weight, for_bias)
        total, objective = (part.clone() for part in sums)
        ctx.mark_non_differentiable(total)
        return total, objective

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, _: Tensor | None, factor: Tensor) -> tuple[Tensor | None, ...]:
        for_features, for_weight, for_bias = ctx.saved_tensors
        turned = None if for_weight is None else for_weight.t()
        pairs = zip((for_features, turned, for_bias), ctx.dtypes, strict=True)
        scaled = [
            None if tensor is None else (tensor * factor).to(dtype) for tensor, dtype in pairs
        ]
        return *scaled, None, None, None, None


def chunk_rows(weight: Tensor) -> int:
    """How many rows a chunk has, for a layer's weights (vocab, size)."""
    return max(
        ROWS_AT_ONCE, LOGITS_AT_ONCE.get(weight.device.type, LOGITS_AT_ONCE["other"]) // len(weight)
    )


def measure(logits: Tensor, targets: Tensor, label_smoothing: float) -> tuple[Tensor, Tensor]:
    """Nats and objective, (2,), and the objective's gradient for the logits (rows, vocab)."""
    index = targets.unsqueeze(1)
    errors = logits.softmax(dim=1)
    # The largest probability is never so small that its logarithm is lost.
    normaliser = logits.amax(dim=1) - errors.amax(dim=1).log()
    total = (normaliser - logits.gather(1, index).squeeze(1)).sum()
    objective = total
    if label_smoothing:
        even = (normaliser - logits.mean(dim=1)).sum()
        objective = (1 - label_smoothing) * total + label_smoothing * even
        errors -= label_smoothing / logits.size(1)
    errors.scatter_add_(1, index, errors.new_full(index.shape, label_smoothing - 1))
    return torch.stack([total, objective]), errors
