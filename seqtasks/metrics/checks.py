"""What several metrics share: a check of their inputs and the form of their results."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from seqtasks.errors import UsageError


def check_pairs(hypotheses: Sequence[str], references: Sequence[str]) -> None:
    """Refuses anything but two lists of equally many texts.

    Raises:
        UsageError: An argument is one string, or the lists differ in length.
    """
    if isinstance(hypotheses, str) or isinstance(references, str):
        raise UsageError("one string is given; expected lists of hypotheses and of references")
    if len(hypotheses) != len(references):
        raise UsageError(
            f"{len(hypotheses)} hypotheses and {len(references)} references are given; "
            "expected one reference for each hypothesis"
        )


def scalar(value: float, device: torch.device) -> Tensor:
    """A number as a float64 tensor on a device, or on the CPU for one without float64 (MPS)."""
    home = torch.device("cpu") if device.type == "mps" else device
    return torch.tensor(value, dtype=torch.float64, device=home)
