"""Dropout that may keep one mask over time, and one factor for all dropout rates of a model."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqtasks.errors import check_rate


class SequenceDropout(nn.Module):
    """Dropout on (batch, time, features).

    Args:
        rate: probability of zeroing a value; the rest is scaled by 1 / (1 - rate).
        variational: draw one mask for each sequence and keep it at every step (Gal and
            Ghahramani 2016, section 4; "locked dropout" in Merity et al. 2018).

    Raises:
        UsageError: the rate is not in [0, 1).
    """

    def __init__(self, rate: float, variational: bool = False) -> None:
        super().__init__()
        self.rate, self.variational = check_rate("dropout", rate), variational

    def forward(self, inputs: Tensor) -> Tensor:
        """Inputs (batch, time, features) after dropout; when evaluating, the inputs themselves."""
        if not self.training or self.rate == 0.0:
            return inputs
        if not self.variational:
            return functional.dropout(inputs, self.rate)
        keep = torch.full_like(inputs[:, :1], 1 - self.rate)
        return inputs * (torch.bernoulli(keep) / (1 - self.rate))

    def extra_repr(self) -> str:
        return f"rate={self.rate}, variational={self.variational}"


def scale_dropout(model: nn.Module, factor: float) -> None:
    """Multiply every dropout rate of a model.

    Rates are the numbers of a module whose names end in ``dropout`` or ``_drop``, the ``rate`` of
    `SequenceDropout`, and the ``p`` of torch's dropout layers.

    Args:
        model: changed in place.
        factor: at least 0.

    Raises:
        UsageError: a rate would be 1 or more; the model is then as it was.

    >>> model = nn.Sequential(SequenceDropout(0.4), nn.Dropout(0.2))
    >>> scale_dropout(model, 0.5)
    >>> model[0].rate, model[1].p
    (0.2, 0.1)
    """
    changes = []
    for path, module in model.named_modules():
        for name in rates(module):
            place = f"dropout_scale={factor:g}: {path}.{name}"
            changes.append((module, name, check_rate(place, factor * getattr(module, name))))
    for module, name, rate in changes:
        setattr(module, name, rate)


def rates(module: nn.Module) -> list[str]:
    """The attributes of a module that are dropout rates, without those of its parts."""
    if isinstance(module, SequenceDropout):
        return ["rate"]
    if isinstance(module, nn.modules.dropout._DropoutNd):
        return ["p"]
    return [
        name
        for name, value in vars(module).items()
        if name.endswith(("dropout", "_drop")) and type(value) in (int, float)
    ]
