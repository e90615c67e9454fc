"""How wide a model may be for a given number of parameters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn

from seqtasks.errors import UsageError

MULTIPLE = 8
"""Widths are multiples of it: whole vector registers, and whole heads for most head counts."""


@contextmanager
def sizes_alone() -> Iterator[None]:
    """Build modules on the meta device, where no number is drawn and no memory taken."""
    with torch.device("meta"), torch.random.fork_rng(devices=[]):
        yield


def largest_width(build: Callable[[int], nn.Module], max_parameters: int) -> int:
    """The greatest width, a multiple of 8, at which a module keeps within a number of parameters.

    Args:
        build: makes the module from a width; its parameters grow with the width.
        max_parameters: the most there may be.

    Raises:
        UsageError: even the least width has more.

    >>> largest_width(lambda width: nn.Linear(width, width), 1000)
    24
    """

    def count(multiple: int) -> int:
        with sizes_alone():
            return sum(p.numel() for p in build(multiple * MULTIPLE).parameters())

    if count(1) > max_parameters:
        raise UsageError(
            f"the smallest encoder of this shape, {MULTIPLE} units wide, has {count(1):,}, "
            f"and {max_parameters:,} are allowed; allow more, or choose fewer layers",
            option="max_parameters",
        )
    exceeds = 2
    while count(exceeds) <= max_parameters:
        exceeds *= 2
    between = range(exceeds // 2 + 1, exceeds)
    fits = exceeds // 2 + bisect_right(between, max_parameters, key=count)
    return fits * MULTIPLE
