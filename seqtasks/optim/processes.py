"""What the processes of one training tell each other."""

from __future__ import annotations

import torch
from torch import Tensor, distributed


def several() -> bool:
    """Whether this process trains together with others."""
    return distributed.is_available() and distributed.is_initialized()


def summed(tensor: Tensor) -> Tensor:
    """The sum over all processes of a tensor of any shape that has no gradient.

    >>> summed(torch.tensor([1.0, 2.0]))
    tensor([1., 2.])
    """
    if several():
        distributed.all_reduce(tensor)
    return tensor


def gathered(tensor: Tensor, device: torch.device) -> list[Tensor]:
    """The tensors of all processes in their order, the same list in each; on the CPU.

    Args:
        tensor: of this process, of any shape; the sizes of the axes may differ between
            processes, not their number.
        device: the one that this process computes on, where processes exchange tensors.

    >>> gathered(torch.tensor([1.0]), torch.device("cpu"))
    [tensor([1.])]
    """
    if not several():
        return [tensor.cpu()]
    from torchmetrics.utilities.distributed import gather_all_tensors

    return [part.cpu() for part in gather_all_tensors(tensor.to(device))]
