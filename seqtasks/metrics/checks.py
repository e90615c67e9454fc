"""What several metrics share: a check of their inputs and the form of their results."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from seqtasks.errors import UsageError

References = Sequence[str | Sequence[str]]
"""For each hypothesis one right text, or several that are all right."""


def check_pairs(hypotheses: Sequence[str], references: References) -> list[list[str]]:
    """The references of each hypothesis as a list.

    Raises:
        UsageError: an argument is one string, the lists differ in length, or a text has no
            reference.

    >>> check_pairs(["a", "b"], ["a", ["b", "B"]])
    [['a'], ['b', 'B']]
    """
    if isinstance(hypotheses, str) or isinstance(references, str):
        raise UsageError("one string is given; expected lists of hypotheses and of references")
    if len(hypotheses) != len(references):
        raise UsageError(
            f"{len(hypotheses)} hypotheses and {len(references)} references are given; "
            "expected one reference, or a list of them, for each hypothesis"
        )
    rows = [[row] if isinstance(row, str) else list(row) for row in references]
    if not all(rows):
        raise UsageError(f"hypothesis {rows.index([]) + 1} has no reference; expected at least one")
    return rows


def scalar(value: float, device: torch.device) -> Tensor:
    """A number as a float64 tensor on a device, or on the CPU for one without float64 (MPS)."""
    home = torch.device("cpu") if device.type == "mps" else device
    return torch.tensor(value, dtype=torch.float64, device=home)
