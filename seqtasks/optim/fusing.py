"""Adam's update of all weights by one kernel."""

from __future__ import annotations

import torch

DEVICES = ("cpu", "cuda")
"""Where torch has the kernel in every version that the package runs with."""


def fuse(optimizer: torch.optim.Optimizer) -> None:
    """Let Adam and AdamW update by torch's fused kernel.

    A step then reads and writes each number once. Nothing changes for an optimizer of another kind,
    or one whose maker has said ``fused``, ``foreach``, ``capturable`` or ``differentiable``. Mixed
    precision in 16 bits and clipping go on as they do without.

    >>> weight = torch.nn.Parameter(torch.zeros(2))
    >>> optimizer = torch.optim.Adam([weight])
    >>> fuse(optimizer)
    >>> optimizer.param_groups[0]["fused"]
    True
    """
    if not isinstance(optimizer, (torch.optim.Adam, torch.optim.AdamW)):
        return
    for group in optimizer.param_groups:
        asked = any(group.get(name) for name in ("foreach", "capturable", "differentiable"))
        real = all(p.device.type in DEVICES and p.is_floating_point() for p in group["params"])
        if group.get("fused") is None and not asked and real:
            group["fused"] = True
