"""The base class of every task: Lightning's module, or a small one for a process that never trains.

Lightning takes seconds to import, too long for a process that answers one line.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
from torch import nn

_left_out = False


def leave_out_lightning() -> None:
    """Let the tasks that this process imports from now on be modules that can only predict.

    Nothing changes where Lightning is imported already.
    """
    global _left_out
    _left_out = "pytorch_lightning" not in sys.modules


class PredictingModule(nn.Module):
    """A stand-in for Lightning's module in a process that never trains."""

    _trainer = None

    @property
    def device(self) -> torch.device:
        """The device of the first weight; the CPU for a model without weights."""
        return next((tensor.device for tensor in self.parameters()), torch.device("cpu"))


def __getattr__(name: str) -> Any:
    """Import ``LightningModule`` when a task is first defined."""
    if name != "LightningModule":
        raise AttributeError(f"module '{__name__}' has no attribute {name!r}")
    if _left_out:
        return PredictingModule
    from pytorch_lightning import LightningModule

    return LightningModule
