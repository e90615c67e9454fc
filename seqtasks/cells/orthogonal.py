"""How recurrent weights begin: orthogonal, so that the state neither grows nor fades at first."""

from __future__ import annotations

from torch import Tensor, nn
from torch.overrides import handle_torch_function, has_torch_function_unary


def orthogonal_(tensor: Tensor) -> Tensor:
    """Fill a matrix with a random orthogonal one (Saxe, McClelland and Ganguli 2014); the matrix.

    It is `torch.nn.init.orthogonal_`, made to heed a `TorchFunctionMode` as the others there do.

    Args:
        tensor: (rows, columns).
    """
    if has_torch_function_unary(tensor):
        return handle_torch_function(orthogonal_, (tensor,), tensor)
    return nn.init.orthogonal_(tensor)
