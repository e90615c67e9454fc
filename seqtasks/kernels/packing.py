"""Weights laid out as oneDNN multiplies by them, for products of few rows.

A saved model answers few rows at a time, and what takes the time is to read the weights. oneDNN
reads them up to three times as fast as MKL does where they are in its own order.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

PACKED = 2**18
"""Weights of a layer from which on a layout of their own is worth its start and its memory."""

ALONE = 2**20
"""Weights from which on the layout is read for a single row too."""

ROWS = 64
"""The layout is the one for so many rows, which suits any number from 2 up."""

ONEDNN = torch.backends.mkldnn.is_available() and all(
    hasattr(torch.ops.mkldnn, name) for name in ("_linear_pointwise", "_reorder_linear_weight")
)
"""Whether this build of torch can be asked for a product by oneDNN."""


class Packable(nn.Module):
    """A module whose weights `pack` lays out.

    The layout is read in inference alone, and only while the weights are those that it was made of:
    a copy of the module has none, and training gives it up. What writes to ``weight.data``, which
    torch does not count, goes unnoticed.
    """

    packed: Any = None
    packed_from: tuple[tuple[int, int], ...] = ()
    packed_size = 0

    def to_lay_out(self) -> list[Tensor]:
        """The weights (output_size, input_size), and biases if the layout holds them too."""
        raise NotImplementedError

    def lay_out(self) -> Any:
        """What `packed` is, made of those by `laid_out`."""
        raise NotImplementedError

    def pack(self) -> None:
        """Lay the weights out, if they are large, on a CPU and of 32 bits."""
        weights = self.to_lay_out()
        fits = all(
            weight.is_cpu and weight.dtype == torch.float32 and not weight.is_inference()
            for weight in weights
        )
        self.packed_size = sum(weight.numel() for weight in weights)
        if ONEDNN and fits and self.packed_size >= PACKED:
            with torch.no_grad():
                self.packed, self.packed_from = self.lay_out(), places(weights)

    def reads_packed(self, inputs: Tensor) -> bool:
        """Whether inputs (…, input_size) are to be multiplied by the layout."""
        return (
            self.packed is not None
            and (self.packed_size >= ALONE or inputs.numel() > inputs.size(-1))
            and not torch.is_grad_enabled()
            and not torch.compiler.is_compiling()
            and inputs.is_cpu
            and self.packed_from == places(self.to_lay_out())
        )

    def train(self, mode: bool = True) -> Packable:
        """Set the mode; in training the weights change, so the layout is given up."""
        if mode:
            self.packed = None
        return super().train(mode)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "packed": None}


def places(weights: list[Tensor]) -> tuple[tuple[int, int], ...]:
    """Where weights (any shape) stand, and how often they have changed there."""
    return tuple((weight.data_ptr(), weight._version) for weight in weights)


def laid_out(weight: Tensor) -> Tensor:
    """A weight (output_size, input_size) in the order of oneDNN, for `product`."""
    found: Tensor = torch.ops.mkldnn._reorder_linear_weight(weight.detach().contiguous(), ROWS)
    return found


def product(left: Tensor, right: Tensor, bias: Tensor | None = None) -> Tensor:
    """(…, k) and (n, k) → (…, n): left · rightᵀ + bias, by oneDNN.

    Quick where ``left``, and ``right`` or its transpose, are contiguous, or ``right`` `laid_out`.
    """
    return torch.ops.mkldnn._linear_pointwise(left, right, bias, "none", [], "")


def pack(model: nn.Module) -> None:
    """Lay the large weights of a model out, on a CPU that has oneDNN.

    They stand twice in memory then.
    """
    for layer in model.modules():
        if isinstance(layer, Packable):
            layer.pack()
