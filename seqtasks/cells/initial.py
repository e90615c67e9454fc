"""How weights start: recurrent ones orthogonal, those of the input by Xavier's rule."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.overrides import handle_torch_function, has_torch_function_unary


def orthogonal_(tensor: Tensor) -> Tensor:
    """Fill a matrix with a random orthogonal one, so that the state neither grows nor fades.

    The function is `torch.nn.init.orthogonal_` (Saxe, McClelland and Ganguli 2014), and here it
    obeys a `TorchFunctionMode`, as the other functions of that module do.

    Args:
        tensor: (rows, columns).
    """
    if has_torch_function_unary(tensor):
        return handle_torch_function(orthogonal_, (tensor,), tensor)
    return nn.init.orthogonal_(tensor)


def orthogonal_columns_(matrix: Tensor) -> None:
    """Fill a matrix (size, blocks · size) with orthogonal blocks."""
    with torch.no_grad():
        for block in matrix.split(matrix.size(0), dim=1):
            block.copy_(orthogonal_(torch.empty_like(block)))


def xavier_rows_(matrix: Tensor, count: int) -> None:
    """Fill each of ``count`` blocks of rows by Xavier's rule (Glorot and Bengio 2010).

    The matrix is (count · rows, size).
    """
    with torch.no_grad():
        for block in matrix.chunk(count):
            nn.init.xavier_uniform_(block)


def stacked(input_size: int, hidden_size: int, count: int) -> nn.Linear:
    """``count`` blocks of hidden_size rows; Xavier weights block by block, zero biases."""
    layer = nn.Linear(input_size, count * hidden_size)
    xavier_rows_(layer.weight, count)
    nn.init.zeros_(layer.bias)
    return layer
