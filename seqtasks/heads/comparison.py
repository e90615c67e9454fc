"""Two vectors joined into one that shows how they relate."""

from __future__ import annotations

import torch
from torch import Tensor

PARTS = {1: 1, 2: 4}
"""Number of texts → size of the joined vector, in sizes of a text's vector."""


def joined(vectors: Tensor, texts: int) -> Tensor:
    """Join the vectors of each example's texts: two become [u; v; |u − v|; u ⊙ v].

    Mou et al. 2016, "Natural language inference by tree-based convolution and heuristic matching",
    section 3.3, in the form of Conneau et al. 2017, "Supervised learning of universal sentence
    representations", section 3.1, who read both texts with one encoder.

    Vectors are (texts · batch, size), those of all first texts before those of all second ones, and
    the result (batch, PARTS[texts] · size); a single text's vector stays as it is.

    >>> joined(torch.tensor([[1.0], [3.0]]), texts=2)
    tensor([[1., 3., 2., 3.]])
    """
    if texts == 1:
        return vectors
    first, second = vectors.view(texts, -1, vectors.size(1)).unbind()
    return torch.cat([first, second, (first - second).abs(), first * second], dim=-1)
