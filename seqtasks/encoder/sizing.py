"""How wide a model may be for a given number of parameters."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from seqtasks.errors import UsageError

MULTIPLE = 8
"""Widths are multiples of it: whole vector registers, and whole heads for most head counts."""


def largest_width(build: Callable[[int], nn.Module], max_parameters: int) -> int:
    """The greatest width, a multiple of 8, at which a module keeps within a number of parameters.

    Args:
        build: makes the module from a width; its parameters grow with the width. It is built on
            the meta device, where no number is drawn and no memory taken.
        max_parameters: the most there may be.

    Raises:
        UsageError: even the least width has more.

    >>> largest_width(lambda width: nn.Linear(width, width), 1000)
    24
    """

    def count(width: int) -> int:
        with torch.device("meta"), torch.random.fork_rng(devices=[]):
            return sum(p.numel() for p in build(width).parameters())

    if count(MULTIPLE) > max_parameters:
        raise UsageError(
            f"the smallest encoder of this shape, {MULTIPLE} units wide, has {count(MULTIPLE):,}, "
            f"and there may be {max_parameters:,}",
            option="max_parameters",
        )
    fits, exceeds = 1, 2
    while count(exceeds * MULTIPLE) <= max_parameters:
        fits, exceeds = exceeds, 2 * exceeds
    while exceeds - fits > 1:
        middle = (fits + exceeds) // 2
        if count(middle * MULTIPLE) <= max_parameters:
            fits = middle
        else:
            exceeds = middle
    return fits * MULTIPLE
