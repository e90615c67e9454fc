"""Lightning's module below every task, or where nothing is trained the little that is needed of it.

Lightning takes seconds to import, and an answer to one line does not want it.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
from torch import nn

_left_out = False


def leave_out_lightning() -> None:
    """From here on in this process tasks are made to predict alone; no effect on imported ones."""
    global _left_out
    _left_out = "pytorch_lightning" not in sys.modules


class PredictingModule(nn.Module):
    """In the place of Lightning's module where nothing is trained.

    Attributes:
        device: where the model is.
    """

    _trainer = None

    @property
    def device(self) -> torch.device:
        """That of the first weight."""
        return next((tensor.device for tensor in self.parameters()), torch.device("cpu"))


def __getattr__(name: str) -> Any:
    """``LightningModule``, imported when it is first asked for."""
    if name != "LightningModule":
        raise AttributeError(f"module '{__name__}' has no attribute {name!r}")
    if _left_out:
        return PredictingModule
    from pytorch_lightning import LightningModule

    return LightningModule
