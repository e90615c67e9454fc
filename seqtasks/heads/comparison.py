"""Two vectors as one that tells how they relate."""

from __future__ import annotations

import torch
from torch import Tensor

PARTS = {1: 1, 2: 4}
"""Number of texts → how many vectors' size the joined vector has."""


def joined(vectors: Tensor, texts: int) -> Tensor:
    """The vectors of the texts of each example as one: [u; v; |u − v|; u ⊙ v] of two texts.

    Mou et al. 2016, "Natural language inference by tree-based convolution and heuristic matching",
    section 3.3; as here Conneau et al. 2017, "Supervised learning of universal sentence
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
