"""W x + b at every step of a sequence, which takes most of a linear recurrence's time.

On a CPU torch multiplies float32 matrices with MKL, which leaves half of the vector unit idle on
processors that Intel does not make. oneDNN, which torch carries for its compiler, fills the unit:
large products go there where this build of torch has it, all others to ``nn.functional.linear``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.functional import linear

from seqtasks.kernels.packing import ONEDNN, Packable, laid_out, product

LARGE = 2**21
"""Multiplications below which oneDNN's start costs more than it gains."""

WIDE = torch.backends.cpu.get_cpu_capability() not in ("DEFAULT", "NO AVX", "AVX2")
"""Whether the CPU has vectors of 512 bits, by which oneDNN is twice as fast as MKL or more.

With narrower ones the two are as fast, and oneDNN loses where it lays out a weight for few rows.
"""

FEW = 32
"""Rows for which oneDNN does not pay on a CPU of narrow vectors."""


def affine(
    inputs: Tensor, weight: Tensor, bias: Tensor | None = None, count: int = 1
) -> tuple[Tensor, ...]:
    """W x + b, in blocks of rows.

    Args:
        inputs: (…, input_size).
        weight: (count · size, input_size).
        bias: (count · size,), or None.
        count: blocks, each of ``size`` rows.

    Returns:
        One tensor (…, size) for each block.
    """
    if suits(inputs, weight) and not torch.is_autocast_enabled("cpu"):
        run = Affine.apply if torch.is_grad_enabled() else products
        return run(inputs, weight, bias, count)
    return linear(inputs, weight, bias).chunk(count, dim=-1)


def suits(inputs: Tensor, weight: Tensor) -> bool:
    """Whether oneDNN is there and worth its start for inputs (…, k) and a weight (n, k).

    A graph that is traced, for ONNX or by a compiler, has a plain product.
    """
    return (
        ONEDNN
        and not torch.compiler.is_compiling()
        and inputs.is_cpu
        and inputs.dtype == weight.dtype == torch.float32
        and inputs.numel() * weight.size(0) >= LARGE
        and (WIDE or inputs.numel() >= FEW * weight.size(1))
    )


def multiplier(
    matrices: Tensor, rows: int, bias: Tensor | None = None
) -> Callable[[Tensor], Tensor]:
    """Prepare many products with the same matrices, one after the other.

    Args:
        matrices: (heads, k, n).
        rows: the rows of each product.
        bias: (n,), added to each row; None for none.

    Returns:
        A function from (heads, rows, k) to (heads, rows, n), which may overwrite its last result.
    """
    heads, size, width = matrices.shape
    if heads == 1 and suits(matrices.new_empty(rows, size), weight := matrices[0].t()):
        weight = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), rows)
        return lambda left: product(left, weight, bias)
    out = matrices.new_empty(heads, rows, width)
    if bias is not None:
        return lambda left: torch.baddbmm(bias, left, matrices, out=out)
    return lambda left: torch.bmm(left, matrices, out=out)


def outer(left: Tensor, right: Tensor) -> Tensor:
    """The sum over time and batch of outer products.

    Args:
        left: (time, heads, batch, k).
        right: (time, heads, batch, n).

    Returns:
        (heads, k, n).
    """
    left, right = (tensor.transpose(0, 1).flatten(1, 2) for tensor in (left, right))
    if left.size(0) == 1 and suits(left, right[0].t()):
        return product(left[0].t().contiguous(), right[0].contiguous().t()).unsqueeze(0)
    return left.mT @ right


def blocks(layer: nn.Linear, inputs: Tensor, count: int) -> tuple[Tensor, ...]:
    """`affine` of inputs (…, input_size) with the weights of a layer."""
    return affine(inputs, layer.weight, layer.bias, count)


class Linear(Packable, nn.Linear):
    """A layer of torch's that multiplies by `affine`, or by weights that are laid out."""

    def to_lay_out(self) -> list[Tensor]:
        """W (output_size, input_size); the bias is read as it is."""
        return [self.weight]

    def lay_out(self) -> Tensor:
        """W (output_size, input_size) in the order of oneDNN."""
        return laid_out(self.weight)

    def forward(self, inputs: Tensor) -> Tensor:
        """W x + b: (…, input_size) → (…, output_size)."""
        if self.reads_packed(inputs):
            return product(inputs, self.packed, self.bias)
        return affine(inputs, self.weight, self.bias)[0]


class Affine(torch.autograd.Function):
    """`affine` by oneDNN, each block in memory of its own.

    Inputs are (…, input_size), the weight (count · size, input_size), the bias (count · size,).
    """

    @staticmethod
    def forward(
        ctx: Any, inputs: Tensor, weight: Tensor, bias: Tensor | None, count: int
    ) -> tuple[Tensor, ...]:
        ctx.save_for_backward(inputs, weight)
        return products(inputs, weight, bias, count)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        inputs, weight = ctx.saved_tensors
        wants_inputs, wants_weight, wants_bias, _ = ctx.needs_input_grad
        for_inputs = for_weight = for_bias = None
        if wants_inputs:
            first, *others = zip(gradients, weight.chunk(len(gradients)), strict=True)
            for_inputs = product(first[0], first[1].t())
            for gradient, block in others:
                for_inputs += product(gradient, block.t())
        if wants_weight:
            features = inputs.flatten(0, -2).t().contiguous()
            rows = (gradient.flatten(0, -2).contiguous() for gradient in gradients)
            for_weight = torch.cat([product(features, block.t()).t() for block in rows])
        if wants_bias:
            for_bias = torch.cat([gradient.flatten(0, -2).sum(0) for gradient in gradients])
        return for_inputs, for_weight, for_bias, None


def products(inputs: Tensor, weight: Tensor, bias: Tensor | None, count: int) -> tuple[Tensor, ...]:
    """`affine` by oneDNN, without gradients; shapes as there."""
    biases = [None] * count if bias is None else bias.chunk(count)
    pairs = zip(weight.chunk(count), biases, strict=True)
    return tuple(product(inputs, block, its_bias) for block, its_bias in pairs)
